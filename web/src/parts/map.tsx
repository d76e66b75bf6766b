// The test images' codes as points of a plane, coloured by class. Pointing at a place, or going there by arrow keys, asks for
// what is there.
import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Encoded } from '../state/mapped.ts'
import { dark } from '../state/theme.ts'
import { words } from '../text/words.ts'
import { sized } from './sized.ts'

/** By class, the first ones again after the last: colours that differ in lightness too. */
const COLOURS = [
  '#3b7dd8', '#e8833a', '#2f9e5b', '#d64550', '#8b62c9', '#8c6239', '#d667b0', '#6f7780', '#b3a125', '#26a8b8',
]
export const colourOfClass = (label: number): string => COLOURS[label % COLOURS.length]!
/** Of the farthest point, what the map's edge is. */
const ROOM = 1.08
const POINT = 2.6
/** What an arrow key moves by, of the way from the middle to the edge. */
const STRIDE = 0.05
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1],
}

interface Props {
  readonly encoded: Encoded
  /** Where the code that is looked at lies. */
  readonly place: readonly [number, number] | null
  readonly onPlace: (x: number, y: number) => void
}

/** The farthest that a point is from the middle, but for one in a hundred. */
function reach(places: Float32Array): number {
  const sorted = places.map(Math.abs).sort()
  return ROOM * (sorted[Math.floor(0.995 * (sorted.length - 1))] || 1)
}

function draw(canvas: HTMLCanvasElement, { places, labels }: Encoded, at: Props['place'], night: boolean): void {
  const side = canvas.clientWidth * devicePixelRatio
  if (canvas.width !== side) canvas.width = canvas.height = side
  const context = canvas.getContext('2d')!
  context.clearRect(0, 0, side, side)
  const scale = side / 2 / reach(places)
  const point = (x: number, y: number, radius: number) => {
    context.beginPath()
    context.arc(side / 2 + x * scale, side / 2 - y * scale, radius * devicePixelRatio, 0, 7)
  }
  context.globalAlpha = 0.8
  for (let i = 0; i < places.length / 2; i++) {
    context.fillStyle = colourOfClass(labels?.[i] ?? 0)
    point(places[2 * i]!, places[2 * i + 1]!, POINT)
    context.fill()
  }
  if (!at) return
  context.globalAlpha = 1
  context.strokeStyle = night ? '#ffffff' : '#000000'
  context.lineWidth = 2 * devicePixelRatio
  point(...at, 7)
  context.stroke()
}

export function LatentMap({ encoded, place, onPlace }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const night = dark.value
  useEffect(() => (
    canvas.current ? sized(canvas.current, (element) => draw(element, encoded, place, night)) : undefined
  ), [encoded, place, night])
  const point = ({ currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLCanvasElement>) => {
    const { left, top, width } = currentTarget.getBoundingClientRect()
    const scale = reach(encoded.places) / (width / 2)
    onPlace((clientX - left - width / 2) * scale, (top + width / 2 - clientY) * scale)
  }
  const go = (event: TargetedKeyboardEvent<HTMLCanvasElement>) => {
    const arrow = ARROWS[event.key]
    if (!arrow) return
    event.preventDefault()
    const [[x, y], stride] = [place ?? [0, 0], STRIDE * reach(encoded.places)]
    onPlace(x + arrow[0] * stride, y + arrow[1] * stride)
  }
  return (
    <canvas ref={canvas} class="map" role="application" tabIndex={0} aria-label={words.value.mapAlt}
      onPointerMove={point} onPointerDown={point} onKeyDown={go} />
  )
}
