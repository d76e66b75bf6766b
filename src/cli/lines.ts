// The figures of a run, as lines of metrics.jsonl. Invariant: each step that led to the saved state is in one epoch's line.
import type { Progress } from '../train/train.ts'
import type { StepLine } from './logs.ts'

/** A line of metrics.jsonl of an epoch, or of what was trained of it. */
export interface EpochLine {
  readonly epoch: number
  /** The steps are those after `from`, up to `step`. */
  readonly from: number
  readonly step: number
  /** Means over these steps, as they were trained. */
  readonly metrics: Readonly<Record<string, number>>
  /** Means over the test images, after the epoch; left out where there are none, or the model has no such figures. */
  readonly test?: Readonly<Record<string, number>>
  /** Training images that these steps took, of which the last batch of an epoch may have fewer. */
  readonly samples: number
  readonly seconds: number
  readonly samplesPerSecond: number
  /** False for an epoch that was stopped. */
  readonly complete: boolean
}

/** The line of the steps after `from`, up to where training stands. */
export function lineOf(
  { epoch, step, metrics, samples, seconds }: Progress, from: number, complete: boolean, test?: EpochLine['test'],
): EpochLine {
  return { epoch, from, step, metrics, ...(test && { test }), samples, seconds, samplesPerSecond: samples / seconds, complete }
}

export class Lines {
  /** Of epochs that are over, or were stopped. */
  readonly #ended: string[]
  #from: number
  /** Of the epoch that is trained, up to now. */
  #open: string | undefined
  /** The open line of the saved state, and how many had ended then. */
  #kept: { readonly line: string, readonly at: number } | undefined

  /** @param from the step that training goes on from */
  constructor(ended: readonly string[], from: number) {
    this.#ended = [...ended]
    this.#from = from
  }

  /** The step after which the next line begins. */
  get from(): number {
    return this.#from
  }

  within(line: EpochLine): void {
    this.#open = JSON.stringify(line)
  }

  /** Takes a line of some steps, which an epoch's line tells of too. */
  log(line: StepLine): void {
    this.#ended.push(JSON.stringify(line))
  }

  add(line: EpochLine): void {
    this.#ended.push(JSON.stringify(line))
    this.#open = undefined
    this.#from = line.step
  }

  /** What to save with the state as it is now. */
  get saved(): string {
    return textOf(this.#open === undefined ? this.#ended : [...this.#ended, this.#open])
  }

  /** What to write between two saves: with the lines of the saved state, because a run that is resumed goes on from it. */
  get written(): string {
    if (!this.#kept) return textOf(this.#ended)
    const { line, at } = this.#kept
    return textOf([...this.#ended.slice(0, at), line, ...this.#ended.slice(at)])
  }

  /** Told that what `saved` gave is saved. */
  commit(): void {
    this.#kept = this.#open === undefined ? undefined : { line: this.#open, at: this.#ended.length }
  }
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
