// Points of a plane as a run makes them, over those of its data. Of a GAN also what the discriminator believes of each place, and
// where its gradient sends each point.
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Field } from '../lab/field.ts'
import { factsOf } from '../state/facts.ts'
import type { Run } from '../state/run.ts'
import { dark } from '../state/theme.ts'
import { text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { colourOf } from './chart.tsx'
import { dots, emptied, placeOf, SIDE } from './dots.ts'

/** Points of the data that are drawn. */
const SHOWN = 400
/** The longest arrow, and how faint the field is. */
const [LONGEST, FAINT] = [0.16, 0.5]

export function Plane({ run }: { readonly run: Run }) {
  const t = text.value
  const canvas = useRef<HTMLCanvasElement>(null)
  const judged = !factsOf(run.settings.model).encodes
  const ready = run.threads.value !== null
  useEffect(() => (ready && judged ? run.field.look(run) : undefined), [run, ready, judged])
  const field = judged ? run.field.latest.value : null
  const made = field?.made ?? run.look.samples.value
  const real = useMemo(() => run.data && (run.data.train.images as Float32Array).subarray(0, 2 * SHOWN), [run, ready])
  const night = dark.value
  // In slow motion as much as the step has come to.
  const part = run.slow.part.value
  const [ground, arrows] = [part !== 'noise', part === null || part === 'slopes' || part === 'updateGenerator']
  useEffect(() => {
    if (!canvas.current) return
    const context = emptied(canvas.current)
    if (field && ground) drawField(context, field, night)
    if (real) dots(context, real, colourOf(0, night))
    if (made) dots(context, made, colourOf(1, night), night ? '#000' : '#fff')
    if (field && arrows) drawArrows(context, field, night)
  }, [field, made, real, night, ground, arrows])
  const { error } = run.field
  return (
    <Card title={t.plane} help={judged ? t.planeHelp : t.planeMade} class="plane">
      {error.value && <p class="alert" role="alert">{error.value}</p>}
      <canvas ref={canvas} class="plot" role="img" data-ready={made !== null} data-field={field !== null}
        aria-label={t.planeAlt(whole(run.step.value))} />
      <ul class="keys">
        <Key place={0}>{t.planeReal}</Key><Key place={1}>{t.planeMadeOnes}</Key>
        {judged && <li>{t.planeArrows}</li>}
      </ul>
    </Card>
  )
}

function Key({ place, children }: { readonly place: number, readonly children: string }) {
  return <li><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5"
    fill={colourOf(place, dark.value)} /></svg>{children}</li>
}

const meanOf = (all: Float32Array) => all.reduce((a, b) => a + b, 0) / all.length
const rgb = (hex: string) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))

let small: HTMLCanvasElement | undefined

/** In the colour of the data where it takes points for those, in that of made ones elsewhere; where it is undecided, in none. */
function drawField(context: CanvasRenderingContext2D, { scores, judged }: Field, night: boolean): void {
  const middle = (meanOf(scores) + meanOf(judged)) / 2
  const far = Math.max(0.5, ...scores.map((score) => Math.abs(score - middle)))
  const cells = Math.sqrt(scores.length)
  small ??= Object.assign(document.createElement('canvas'), { width: cells, height: cells })
  const image = new ImageData(cells, cells)
  const colours = [rgb(colourOf(0, night)), rgb(colourOf(1, night))]
  scores.forEach((score, i) => {
    const by = (score - middle) / far
    image.data.set(colours[by > 0 ? 0 : 1]!, 4 * i)
    image.data[4 * i + 3] = 255 * FAINT * Math.sqrt(Math.abs(by))
  })
  small.getContext('2d')!.putImageData(image, 0, 0)
  context.drawImage(small, 0, 0, SIDE, SIDE)
}

/** Where each made point is sent, the longer the steeper. */
function drawArrows(context: CanvasRenderingContext2D, { made, slopes }: Field, night: boolean): void {
  let steepest = 1e-9
  for (let i = 0; i < slopes.length; i += 2) steepest = Math.max(steepest, Math.hypot(slopes[i]!, slopes[i + 1]!))
  context.strokeStyle = night ? '#ffffffb0' : '#000000a0'
  context.lineWidth = 1.2
  context.beginPath()
  for (let i = 0; i < made.length; i += 2) {
    const [dx, dy] = [slopes[i]! / steepest * LONGEST, slopes[i + 1]! / steepest * LONGEST]
    const [x, y] = [placeOf(made[i]!, 0), placeOf(made[i + 1]!, 1)]
    const [toX, toY] = [placeOf(made[i]! + dx, 0), placeOf(made[i + 1]! + dy, 1)]
    context.moveTo(x, y)
    context.lineTo(toX, toY)
    // Its head: two short lines back.
    const [backX, backY] = [(x - toX) * 0.35, (y - toY) * 0.35]
    for (const side of [1, -1]) {
      context.moveTo(toX, toY)
      context.lineTo(toX + backX - side * backY * 0.7, toY + backY + side * backX * 0.7)
    }
  }
  context.stroke()
}
