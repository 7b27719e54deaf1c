// What the widgets of authoring share: mounted once, told of new data, closed when the element is gone.
const widgets = new WeakMap();

function mount(component, Kind) {
  const root = component.parentElement;
  let widget = widgets.get(root);
  if (!widget) {
    widget = new Kind(root.querySelector(".author"));
    widgets.set(root, widget);
  }
  widget.component = component;
  widget.told(component.data);
  return () => {
    // Called before each new `data` too: only when the element has really gone is the widget closed.
    window.setTimeout(() => {
      if ((root.host ?? root).isConnected) return;
      widgets.delete(root);
      widget.close();
    }, 0);
  };
}

function filled(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function written(value, digits, language) {
  const rounded = Number(value.toFixed(digits)) || 0; // never -0
  return rounded.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
}

const within = (value, least, most) => Math.min(Math.max(value, least), most);

function element(tag, name, parent) {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

// The smallest of 1, 2, 5 times a power of ten that is not below what is asked for.
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least * 0.999);
}

function ticks(low, high, step) {
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

// A line through points in 0..1000, broken where one is missing.
function path(points) {
  let pen = "M";
  const parts = [];
  for (const point of points) {
    if (point === null) pen = "M";
    else {
      parts.push(`${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`);
      pen = "L";
    }
  }
  return parts.join("");
}

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

// A handle by pointer and by keys. does: begin(event), drag(event), step(direction, large), end(): a drag or key let go.
function slides(handle, does) {
  let pointer = null;
  let pressed = false;
  handle.setAttribute("role", "slider");
  handle.tabIndex = 0;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointer !== null) return;
    event.preventDefault();
    event.stopPropagation();
    pointer = event.pointerId;
    handle.setPointerCapture(pointer);
    handle.focus({ preventScroll: true });
    does.begin(event);
  });
  handle.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) does.drag(event);
  });
  const letGo = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    does.end();
  };
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) handle.addEventListener(kind, letGo);
  handle.addEventListener("click", (event) => event.stopPropagation());
  handle.addEventListener("keydown", (event) => {
    const direction = STEPS[event.key];
    if (!direction || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    pressed = true;
    does.step(direction, event.shiftKey);
  });
  const released = () => {
    if (!pressed) return;
    pressed = false;
    does.end();
  };
  handle.addEventListener("keyup", (event) => event.key in STEPS && released());
  handle.addEventListener("blur", released);
}
