// Points of a plane from -1 to 1 on a square canvas.

/** Whether images of a shape are points: one pixel, two channels. */
export const arePoints = (shape: readonly number[]): boolean => shape.join() === '1,1,2'

/** Pixels of a canvas's edge. */
export const SIDE = 560
const FEW = 32

/** Where a number of the plane is on the canvas, along x or y. */
export const placeOf = (x: number, axis: 0 | 1): number => ((axis ? -x : x) + 1) * SIDE / 2

export function dots(context: CanvasRenderingContext2D, points: Float32Array, colour: string, edge = ''): void {
  const radius = points.length < 2 * FEW ? 7 : 3.2
  context.fillStyle = colour
  context.strokeStyle = edge
  context.lineWidth = 1
  for (let i = 0; i < points.length; i += 2) {
    context.beginPath()
    context.arc(placeOf(points[i]!, 0), placeOf(points[i + 1]!, 1), radius, 0, 7)
    context.fill()
    if (edge) context.stroke()
  }
}

/** The canvas's context, once it is as large as it is to be, and empty. */
export function emptied(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  if (canvas.width !== SIDE) canvas.width = canvas.height = SIDE
  const context = canvas.getContext('2d')!
  context.clearRect(0, 0, SIDE, SIDE)
  return context
}
