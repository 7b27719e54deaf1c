// The demo recording, shown no faster than it is answered. It stands still while a picture waits to be sent, and goes
// back where the browser passed pictures over, so that a slow computer judges the same movement, only more slowly.
const LONGEST_STEP_S = 0.1;
const CLOSE_S = 0.001;

export class Clip {
  constructor(video) {
    this.video = video;
    this.lastS = video.currentTime - 2 * CLOSE_S;
  }

  // Whether a picture of that time is the next one to be sent; where not, the clip moves to one that is.
  takes(captureS) {
    if (captureS <= this.lastS + CLOSE_S) {
      this.goOn();
      return false;
    }
    if (captureS > this.lastS + LONGEST_STEP_S + CLOSE_S) {
      this.video.pause();
      this.video.currentTime = this.lastS + LONGEST_STEP_S;
      return false;
    }
    return true;
  }

  sent(captureS) {
    this.lastS = captureS;
    this.goOn();
  }

  hold() {
    this.video.pause();
  }

  // Playing on from its end would begin it anew. A pause that comes before it plays is no fault.
  goOn() {
    if (!this.video.paused || this.video.ended) return;
    this.video.play().catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }
}
