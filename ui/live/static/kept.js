// What this tab remembers over a reload: the open set, how far its clip was, and for whom the camera was checked.
const SET = "diagonal.open-set";
const CLIP = "diagonal.clip-at";
const CHECKED = "diagonal.camera-checked";

export const kept = {
  get set() {
    return window.sessionStorage.getItem(SET) ?? "";
  },
  set set(resume) {
    window.sessionStorage.setItem(SET, resume);
  },
  get clipAtS() {
    return Number(window.sessionStorage.getItem(CLIP) ?? 0);
  },
  set clipAtS(seconds) {
    window.sessionStorage.setItem(CLIP, String(seconds));
  },
  forgetSet() {
    window.sessionStorage.removeItem(SET);
    window.sessionStorage.removeItem(CLIP);
  },
  // What the set-up found: whether pictures must be turned round, and whether this person, by number, has done it:
  // somebody else is checked anew.
  camera(person) {
    const found = JSON.parse(window.sessionStorage.getItem(CHECKED) ?? "{}");
    return { sides_known: found.person === person, mirrored: found.mirrored ?? false };
  },
  foundCamera(mirrored, person) {
    window.sessionStorage.setItem(CHECKED, JSON.stringify({ mirrored, person }));
  },
};
