// What Streamlit runs: brings the live page in as modules from this same server and hands it every new `data`.
const pages = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  let page = pages.get(root);
  if (!page) {
    const wait = root.querySelector('[data-part="wait"]');
    if (wait) wait.textContent = component.data.words["loading"];
    page = import(`${window.location.origin}/live/files/page.js`).then((module) => module.mount(root));
    pages.set(root, page);
  }
  page.then((mounted) => mounted.update(component));
  return () => {
    // Called before each new `data` too: only when the element has really gone is the camera let go.
    window.setTimeout(() => {
      const host = root.host ?? root;
      if (!host.isConnected) {
        pages.delete(root);
        page.then((mounted) => mounted.close());
      }
    }, 0);
  };
}
