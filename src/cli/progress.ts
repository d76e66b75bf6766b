// What one sees of a training run: a bar on a terminal, lines elsewhere, JSON for programs, the result alone when quiet.
import cliProgress from 'cli-progress'
import type { RunConfig } from '../node/run.ts'
import type { Progress } from '../train/train.ts'
import type { Io, Output, Signal } from './io.ts'
import type { EpochLine } from './run_folder.ts'

export interface Start extends RunConfig {
  readonly out: string
  readonly images: number
  readonly parameters: number
}
export interface Result {
  readonly out: string
  /** The folder of the pictures. */
  readonly samples: string
  readonly step: number
  readonly digest: string
  readonly seconds: number
  /** The signal that ended the run before its time. */
  readonly stopped: Signal | null
}

export interface Reporter {
  start(run: Start): void
  /** @param left seconds to the end, estimated */
  progress(now: Progress, left: number): void
  epoch(line: EpochLine, now: Progress): void
  note(text: string): void
  done(result: Result): void
  /** Leaves the terminal as it was; may be called again. */
  close(): void
}

/** Lines and JSON tell how training stands within an epoch this often. */
const LINES_MS = 10_000
const JSON_MS = 500

export function reporter({ quiet, json, epochs }: { quiet: boolean, json: boolean, epochs: number }, io: Io): Reporter {
  if (json) return jsonReporter(io)
  const { stdout, stderr } = io
  const lines: Reporter = {
    start: (run) => stdout.write(`${introduction(run)}\n`),
    progress: every(LINES_MS, (now, left) => now.epochDone || stdout.write(`${standing(now, epochs)}  ${clock(left)} left\n`)),
    epoch: (line) => stdout.write(`${summary(line, epochs)}\n`),
    note: (text) => stderr.write(`${text}\n`),
    done: ({ out, samples, digest }) => stdout.write(`kept in   ${out}\npictures  ${samples}\ndigest    ${digest}\n`),
    close() {},
  }
  if (quiet) return { ...lines, start() {}, progress() {}, epoch() {}, note() {} }
  const terminal = [stderr, stdout].find((stream) => stream.isTTY)
  return terminal ? barReporter(lines, terminal, epochs) : lines
}

function jsonReporter({ stdout }: Io): Reporter {
  const event = (name: string, facts: object) => stdout.write(`${JSON.stringify({ event: name, ...facts })}\n`)
  return {
    start: (run) => event('start', run),
    progress: every(JSON_MS, (now, left) => event('progress', { ...now, secondsLeft: left })),
    epoch: (line) => event('epoch', line),
    note() {},
    done: (result) => event('done', result),
    close() {},
  }
}

function barReporter(lines: Reporter, terminal: Output, epochs: number): Reporter {
  const bars = new cliProgress.MultiBar({
    stream: terminal as NodeJS.WritableStream,
    format: '{bar} {percentage}%  {standing}  {speed}  {left} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  })
  let bar: cliProgress.SingleBar | undefined
  return {
    ...lines,
    progress(now, left) {
      const { samples, seconds, step, lastStep } = now
      const payload = { standing: standing(now, epochs), speed: `${Math.round(samples / seconds)} samples/s`, left: clock(left) }
      bar ??= bars.create(lastStep, step, payload)
      bar.update(step, payload)
    },
    // Above the bar; a written line goes to the terminal only with the next drawing.
    epoch: (line) => bars.log(`${summary(line, epochs)}\n`),
    note: (text) => bars.log(`${text}\n`),
    close() {
      if (!bar) return
      bar = undefined
      bars.update()
      bars.stop()
    },
  }
}

/** Calls through at most once in `ms`, and not before that. */
function every(ms: number, call: (now: Progress, left: number) => void): Reporter['progress'] {
  let last = performance.now()
  return (now, left) => {
    if (performance.now() - last < ms) return
    last = performance.now()
    call(now, left)
  }
}

function introduction({ model, out, images, parameters, training }: Start): string {
  return `${model.kind}, ${parameters} parameters, ${images} images, batches of ${training.batchSize}, seed ${training.seed}, into ${out}`
}

const standing = ({ epoch, step, lastStep, metrics }: Progress, epochs: number): string =>
  `epoch ${epoch}/${epochs}  step ${step}/${lastStep}  ${figures(metrics)}`

function summary({ epoch, step, metrics, test, seconds, samplesPerSecond, complete }: EpochLine, epochs: number): string {
  const judged = test ? `  test ${figures(test)}` : ''
  const at = `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}${complete ? '' : ` stopped at step ${step}`}`
  return `${at}  ${figures(metrics)}${judged}  ${Math.round(samplesPerSecond)} samples/s  ${seconds.toFixed(1)} s`
}

const figures = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`).join('  ')

/** Seconds as m:ss, or h:mm:ss. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}
