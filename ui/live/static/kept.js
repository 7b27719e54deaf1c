// What this tab remembers over a reload: the open set, how far its clip was, and whether the camera mirrors.
const SET = "diagonal.open-set";
const CLIP = "diagonal.clip-at";
const SIDES = "diagonal.sides-known";
const MIRRORED = "mirrored";

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
  // What the set-up found: nothing yet, or whether pictures must be turned round.
  get camera() {
    const found = window.sessionStorage.getItem(SIDES);
    return { sides_known: found !== null, mirrored: found === MIRRORED };
  },
  foundCamera(mirrored) {
    window.sessionStorage.setItem(SIDES, mirrored ? MIRRORED : "as it is");
  },
};
