// Images as a canvas that is as wide as there is room.
import { useEffect, useRef } from 'preact/hooks'
import { dark } from '../state/theme.ts'
import { arePoints } from './dots.ts'
import { coloursOf, paint } from './paint.ts'

interface Props {
  readonly images: Float32Array | null
  readonly shape: readonly number[]
  readonly columns: number
  /** What is there before there are images. */
  readonly count: number
  readonly label: string
  readonly side?: number
}

export function Tiles({ images, shape, columns, count, label, side = 84 }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const night = dark.value
  const gap = Math.round(side / 14)
  useEffect(() => {
    const blank = () => new Float32Array(count * shape.reduce((a, b) => a * b, 1)).fill(-1)
    if (canvas.current) paint(canvas.current, images ?? blank(), { shape, columns, side, gap }, coloursOf(night))
  }, [images, night, columns, count, side])
  const plot = arePoints(shape) ? 'plot' : ''
  return <canvas ref={canvas} class={`tiles ${plot}`} role="img" aria-label={label} data-ready={images !== null} />
}
