// Images in [-1, 1] as canvases have them: the bytes are those of the pictures that `ganglion sample` writes.

type Shape = readonly [height: number, width: number, channels: number]

const byte = (x: number): number => Math.max(0, Math.min(255, Math.floor(255 * ((x + 1) / 2) + 0.5)))

/** Red, green, blue and alpha of each pixel. */
export function rgba(image: Float32Array, [height, width, channels]: Shape): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(height * width * 4)
  for (let i = 0; i < height * width; i++) {
    for (let k = 0; k < 3; k++) data[i * 4 + k] = byte(image[i * channels + Math.min(k, channels - 1)]!)
    data[i * 4 + 3] = 255
  }
  return data
}
