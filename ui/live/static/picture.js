// Where pictures come from: the camera, or the demo recording played as if it were one.
export class CameraFault extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

const KINDS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

export async function openCamera(video, onUnplugged) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraFault("insecure");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" },
    });
  } catch (error) {
    throw new CameraFault(KINDS[error.name] ?? "busy");
  }
  for (const track of stream.getTracks()) track.addEventListener("ended", onUnplugged);
  const close = () => {
    for (const track of stream.getTracks()) {
      track.removeEventListener("ended", onUnplugged);
      track.stop();
    }
    video.srcObject = null;
  };
  video.srcObject = stream;
  try {
    await video.play();
  } catch {
    close();
    throw new CameraFault("busy");
  }
  return close;
}

// The clip stands still until it is played: it must not run away while the coach gets ready.
export async function openClip(video, url, fromS, onEnded) {
  video.addEventListener("ended", onEnded);
  const close = () => {
    video.removeEventListener("ended", onEnded);
    video.removeAttribute("src");
    video.load();
  };
  const readable = new Promise((resolve, reject) => {
    video.addEventListener("loadeddata", resolve, { once: true });
    video.addEventListener("error", reject, { once: true });
  });
  video.src = url;
  try {
    await readable;
  } catch {
    close();
    throw new CameraFault("clip");
  }
  video.currentTime = fromS;
  return close;
}

// Calls back for every new picture with its capture time in seconds and when it was there. Of a camera the times strictly
// increase; a clip may go back.
export function watchPictures(video, isClip, onPicture) {
  let running = true;
  let last = -1;
  const take = (now, captureS) => {
    if (!running) return;
    if (isClip ? captureS !== last : captureS > last) {
      last = captureS;
      onPicture(captureS, now);
    }
    ask();
  };
  const ask = () => {
    if (!running) return;
    if (video.requestVideoFrameCallback) {
      video.requestVideoFrameCallback((now, about) => {
        const shown = about.captureTime ?? now;
        take(now, isClip ? about.mediaTime : (performance.timeOrigin + shown) / 1000);
      });
    } else {
      window.requestAnimationFrame((now) => {
        take(now, isClip ? video.currentTime : (performance.timeOrigin + now) / 1000);
      });
    }
  };
  ask();
  return () => {
    running = false;
  };
}

// The size at which pictures of a set are sent: 480 pixels along the longer side.
export function sendSize(video) {
  const longer = Math.max(video.videoWidth, video.videoHeight);
  const scale = 480 / longer;
  return [Math.round((video.videoWidth * scale) / 2) * 2, Math.round((video.videoHeight * scale) / 2) * 2];
}

// How a picture lies in the one that is sent: whole, centred (only a turned phone leaves bars).
export function fit(width, height, [toWidth, toHeight]) {
  const scale = Math.min(toWidth / width, toHeight / height);
  return { scale, x: (toWidth - width * scale) / 2, y: (toHeight - height * scale) / 2 };
}
