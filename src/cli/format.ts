// How training is told in words and numbers.
import type { RunConfig } from '../checkpoint/config.ts'
import type { Progress } from '../train/train.ts'
import type { EpochLine } from './lines.ts'

export interface Start extends RunConfig {
  readonly out: string
  readonly images: number
  /** How many there are to judge by. */
  readonly testImages?: number
  readonly parameters: number
  /** The step that a resumed run goes on from. */
  readonly from?: number
}
export function introduction({ model, out, from, images, testImages, parameters, training }: Start): string {
  const { batchSize, seed } = training
  const begin = from ? `from step ${from}, ` : ''
  const all = `${images} images${testImages ? `, ${testImages} test images` : ''}`
  return `${model.kind}, ${parameters} parameters, ${all}, batches of ${batchSize}, seed ${seed}, ${begin}into ${out}`
}

/** Names of workers that are shown. */
const MOST_NAMES = 5
/** Who works for a run; nothing, where nobody else does. @param named whether to name them */
export function workersText(workers: readonly string[] | undefined, named: boolean): string {
  if (!workers) return ''
  const count = `  ${workers.length || 'no'} worker${workers.length === 1 ? '' : 's'}`
  const names = `${workers.slice(0, MOST_NAMES).join(', ')}${workers.length > MOST_NAMES ? ', …' : ''}`
  return named && workers.length ? `${count}: ${names}` : count
}

export const progressLine = ({ epoch, step, lastStep, metrics }: Progress, epochs: number): string =>
  `epoch ${epoch}/${epochs}  step ${step}/${lastStep}  ${figures(metrics).join('  ')}`

export function summary({ epoch, step, metrics, test, seconds, samplesPerSecond, complete }: EpochLine, epochs: number): string {
  const judged = test ? `  test ${figures(test).join('  ')}` : ''
  const at = `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}${complete ? '' : ` stopped at step ${step}`}`
  return `${at}  ${figures(metrics).join('  ')}${judged}  ${Math.round(samplesPerSecond)} samples/s  ${seconds.toFixed(1)} s`
}

export const speed = ({ samples, seconds }: Progress): string => `${Math.round(samples / seconds)} samples/s`

/** Figures with their names, to four digits. */
export const figures = (metrics: Readonly<Record<string, number>>): string[] =>
  Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`)

/** `text` and as many of `parts` as `width` has room for. */
export function fill(text: string, parts: readonly string[], width: number): string {
  const [part, ...rest] = parts
  const longer = `${text}  ${part}`
  return part === undefined || longer.length >= width ? text.slice(0, width) : fill(longer, rest, width)
}

/** Seconds as m:ss, or h:mm:ss. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}
