// One picture in, one binary message out: 8 bytes of capture time, then a JPEG.
const QUALITY = 0.75;
let canvas = null;
let context = null;

self.onmessage = async (event) => {
  const { picture, captureS, size, place } = event.data;
  const [width, height] = size;
  if (!canvas || canvas.width !== width || canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height);
    context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  }
  const sourceWidth = picture.displayWidth ?? picture.width;
  const sourceHeight = picture.displayHeight ?? picture.height;
  context.drawImage(picture, place.x, place.y, sourceWidth * place.scale, sourceHeight * place.scale);
  picture.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  const message = new Uint8Array(8 + blob.size);
  new DataView(message.buffer).setFloat64(0, captureS, true);
  message.set(new Uint8Array(await blob.arrayBuffer()), 8);
  self.postMessage(message.buffer, [message.buffer]);
};
