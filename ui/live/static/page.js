// The live page as Streamlit knows it: mounted once, told of new data, closed when its element is gone.
import { Coach } from "./coach.js";
import { Rest } from "./rest.js";
import { View } from "./view.js";

export function mount(root) {
  const view = new View(root.querySelector(".coach"));
  const coach = new Coach(view);
  const rest = new Rest(coach);
  const onKey = (event) => pressed(event, coach, view);
  document.addEventListener("keydown", onKey);
  const onLeave = () => coach.pageLeft();
  window.addEventListener("pagehide", onLeave);
  const onShown = () => coach.pauses.shownOrHidden();
  document.addEventListener("visibilitychange", onShown);
  const onDevices = () => coach.pauses.devicesChanged();
  navigator.mediaDevices?.addEventListener("devicechange", onDevices);
  return {
    update(component) {
      coach.told(component.data, {
        state: (name, value) => component.setStateValue(name, value),
        trigger: (name, value) => component.setTriggerValue(name, value),
      });
      rest.until(component.data.rest_ends_ms);
    },
    close() {
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("pagehide", onLeave);
      document.removeEventListener("visibilitychange", onShown);
      navigator.mediaDevices?.removeEventListener("devicechange", onDevices);
      rest.close();
      coach.close();
    },
  };
}

function pressed(event, coach, view) {
  const target = event.composedPath()[0];
  const typing = target?.matches?.("input, select, textarea, [contenteditable=true]");
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "Escape" && coach.running && !document.fullscreenElement) {
    coach.stop();
  } else if (event.key.toLowerCase() === "m" && !typing && view.visible("mute")) {
    coach.toggleMute();
  } else if (event.key.toLowerCase() === "h" && !typing && view.visible("ask")) {
    coach.ask();
  } else if (event.key.toLowerCase() === "f" && !typing && view.visible("full")) {
    view.toggleFullScreen();
  } else if (event.key.toLowerCase() === "p" && !typing && view.visible("figure") && !coach.running) {
    coach.movement.toggle();
  }
}
