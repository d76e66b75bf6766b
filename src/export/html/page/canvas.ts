// Images on canvases, and canvases as files.
import { rgba } from '../../wasm/image_data.ts'

type Shape = readonly [height: number, width: number, channels: number]

export function paint(canvas: HTMLCanvasElement, image: Float32Array, shape: Shape): void {
  const [height, width] = shape
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  canvas.getContext('2d')!.putImageData(new ImageData(rgba(image, shape), width, height), 0, 0)
}

/** Canvases side by side, so many in a row, each pixel enlarged to `scale` squares. */
export function joined(canvases: readonly HTMLCanvasElement[], columns: number, scale: number): HTMLCanvasElement {
  const [first] = canvases as readonly [HTMLCanvasElement, ...HTMLCanvasElement[]]
  const [width, height] = [first.width * scale, first.height * scale]
  const all = document.createElement('canvas')
  all.width = Math.min(columns, canvases.length) * width
  all.height = Math.ceil(canvases.length / columns) * height
  const context = all.getContext('2d')!
  context.imageSmoothingEnabled = false
  canvases.forEach((canvas, i) => {
    context.drawImage(canvas, (i % columns) * width, Math.floor(i / columns) * height, width, height)
  })
  return all
}

/** Has the browser save a canvas as a PNG file. */
export function save(canvas: HTMLCanvasElement, name: string): void {
  canvas.toBlob((blob) => {
    if (!blob) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${name}.png`
    link.click()
    URL.revokeObjectURL(link.href)
  })
}
