// Pictures to messages, made in a worker so that the page never stutters.
import { fit } from "./picture.js";

export class Encoder {
  constructor(onMessage) {
    this.worker = new Worker(new URL("./encode_worker.js", import.meta.url));
    this.worker.onmessage = (event) => onMessage(event.data);
  }

  // False where the video has no picture yet.
  async encode(video, captureS, size) {
    if (!video.videoWidth) return false;
    const place = fit(video.videoWidth, video.videoHeight, size);
    const picture = window.VideoFrame
      ? new VideoFrame(video, { timestamp: 0 })
      : await createImageBitmap(video);
    this.worker.postMessage({ picture, captureS, size, place }, [picture]);
    return true;
  }

  close() {
    this.worker.terminate();
  }
}
