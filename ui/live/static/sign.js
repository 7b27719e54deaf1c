// The pictures in pictures.svg, one symbol for each check, fault and praise.
const FILE = new URL("./pictures.svg", import.meta.url).pathname;

export function sign(id) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "sign");
  picture.setAttribute("aria-hidden", "true");
  picture.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  show(picture, id);
  return picture;
}

// An empty id hides the picture.
export function show(picture, id) {
  picture.toggleAttribute("hidden", !id);
  if (id) picture.firstElementChild.setAttribute("href", `${FILE}#${id}`);
}
