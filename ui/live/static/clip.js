// The demo recording, shown no faster than it is answered. On a slow computer each second or third of its 30 pictures a
// second is sent, never fewer: it stands still while that one waits, and goes back where the browser passed more over.
const LONGEST_STEP_S = 0.1;
const WAITS_FROM_S = 0.06;
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

  // A picture waits to be sent: the clip stands still unless the next one would do as well.
  waits(captureS) {
    if (captureS > this.lastS + WAITS_FROM_S) this.video.pause();
  }

  // Playing on from its end would begin it anew. A pause that comes before it plays is no fault.
  goOn() {
    if (!this.video.paused || this.video.ended) return;
    this.video.play().catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }
}
