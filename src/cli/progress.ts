// What one sees of a training run: a bar on a terminal, lines elsewhere, JSON for programs, the result alone when quiet.
import cliProgress from 'cli-progress'
import { isError } from '../tag.ts'
import type { Progress } from '../train/train.ts'
import { clock, figures, fill, introduction, progressLine, speed, type Start, summary, workersText } from './format.ts'
import type { Io, Output, Signal } from './io.ts'
import type { EpochLine } from './lines.ts'
import { printable } from './printable.ts'
import type { Best } from './best_epoch.ts'

export interface Result {
  readonly out: string
  /** The folder of the pictures. */
  readonly samples: string
  readonly step: number
  readonly digest: string
  readonly seconds: number
  /** The best epoch, where it is known, and the folder that keeps it. */
  readonly best?: Best & { readonly out?: string }
  /** What ended the run before its time. */
  readonly stopped: Signal | 'early-stopping' | null
}

export interface Reporter {
  start(run: Start): void
  /** @param left seconds to the end, estimated @param workers who does the steps' tasks, where others do */
  progress(now: Progress, left: number, workers?: readonly string[]): void
  epoch(line: EpochLine, now: Progress): void
  /** A signal came: training ends soon, and a second signal ends the process without a word. */
  stopping(): void
  done(result: Result): void
  /** Leaves the terminal as it was; may be called again. */
  close(): void
}

/** Lines and JSON tell how training stands within an epoch this often. */
const LINES_MS = 10_000
const JSON_MS = 500
const STOPPING = 'stopping after the running steps; a second signal ends at once'
/** DECTCEM and DECAWM: what a bar that is killed would leave off. */
const SHOW_CURSOR = '\x1b[?25h\x1b[?7h'

export function reporter({ quiet, json, epochs }: { quiet: boolean, json: boolean, epochs: number }, io: Io): Reporter {
  if (json) return jsonReporter(io)
  const { stdout, stderr } = io
  const lines: Reporter = {
    start: (run) => stdout.write(`${introduction(run)}\n`),
    progress: every(LINES_MS, (now, left, workers) => {
      if (!now.epochDone) stdout.write(`${progressLine(now, epochs)}  ${clock(left)} left${workersText(workers, true)}\n`)
    }),
    epoch: (line) => stdout.write(`${summary(line, epochs)}\n`),
    stopping: () => stderr.write(`${STOPPING}\n`),
    done: ({ out, samples, digest, best }) => stdout.write(
      `kept in   ${out}\n${best ? `best      ${bestOf(best)}\n` : ''}pictures  ${samples}\ndigest    ${digest}\n`),
    close() {},
  }
  if (quiet) return { ...lines, start() {}, progress() {}, epoch() {}, stopping() {} }
  const terminal = [stderr, stdout].find((stream) => stream.isTTY)
  return terminal ? barReporter(lines, terminal.raw ?? terminal, epochs) : lines
}

const bestOf = ({ epoch, monitor, value, out }: NonNullable<Result['best']>): string =>
  `${out === undefined ? '' : `${out}, `}epoch ${epoch}, test ${monitor} ${value.toPrecision(4)}`

const jsonEvent = ({ stdout }: Io, name: string, facts: object) => stdout.write(`${JSON.stringify({ event: name, ...facts })}\n`)

/** The last line of JSON where training failed, whenever it did. */
export function reportFailure(error: unknown, io: Io): void {
  jsonEvent(io, 'error', { message: isError(error) ? error.message : String(error) })
}

function jsonReporter(io: Io): Reporter {
  const event = (name: string, facts: object) => jsonEvent(io, name, facts)
  return {
    start: (run) => event('start', run),
    progress: every(JSON_MS, (now, left, workers) => event('progress', { ...now, secondsLeft: left, workers })),
    epoch: (line) => event('epoch', line),
    stopping() {},
    done: (result) => event('done', result),
    close() {},
  }
}

/** What a bar shows. */
interface Shown {
  readonly now: Progress
  readonly left: number
  readonly workers?: readonly string[]
}

function barReporter(lines: Reporter, terminal: Output, epochs: number): Reporter {
  const bars = new cliProgress.MultiBar({
    stream: terminal as NodeJS.WritableStream,
    // Figures come last: a narrow terminal cuts them off first.
    format: (options, { progress, maxWidth }, { now, left, workers }: Shown) => {
      const bar = cliProgress.Format.BarFormat(progress, options)
      const percent = `${Math.floor(progress * 100)}%`.padStart(4)
      const who = workersText(workers, false)
      const text = `${bar}${percent}  epoch ${now.epoch}/${epochs}  ${clock(left)} left  ${speed(now)}${who}`
      return printable(fill(text, figures(now.metrics), maxWidth))
    },
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 14,
    hideCursor: true,
    clearOnComplete: true,
  })
  let bar: cliProgress.SingleBar | undefined
  return {
    ...lines,
    progress(now, left, workers) {
      bar ??= bars.create(now.lastStep, now.step, { now, left, workers })
      bar.update(now.step, { now, left, workers })
    },
    // Above the bar; a written line goes to the terminal only with the next drawing.
    epoch: (line) => bars.log(printable(`${summary(line, epochs)}\n`)),
    stopping() {
      terminal.write(SHOW_CURSOR)
      bars.log(`${STOPPING}\n`)
    },
    close() {
      if (!bar) return
      bar = undefined
      bars.update()
      bars.stop()
    },
  }
}

/** Calls through at most once in `ms`, and not before that. */
function every(ms: number, call: Reporter['progress']): Reporter['progress'] {
  let last = performance.now()
  return (now, left, workers) => {
    if (performance.now() - last < ms) return
    last = performance.now()
    call(now, left, workers)
  }
}
