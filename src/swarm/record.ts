// Who did which task of a run and what came of it, so that anybody can do it again. Invariant: of two records of one stage the
// later counts: the steps of the earlier were undone, or came again after a run was killed.
import { GanglionError } from '../errors.ts'
import { isRecord } from '../options.ts'

/** A stage of a step as it was added up: for each micro-batch who did it, and the SHA-256 of what that gave. */
export interface StageRecord {
  /** From 1 on: the step that the run's counters say once it is done. */
  readonly step: number
  readonly stage: number
  readonly by: readonly string[]
  readonly sha256: readonly string[]
}

/** The state after a step, which was kept to begin an audit with. */
export interface StateRecord {
  readonly step: number
  /** The model's digest. */
  readonly state: string
}

/** What a run's tasks were. */
export class TaskRecords {
  readonly #stages = new Map<string, StageRecord>()
  readonly #states = new Map<number, string>()

  /**
   * Of the lines of a run's tasks.jsonl. The last line of a process that was killed may be cut: the steps of it were not saved.
   * @throws GanglionError where a line is JSON and no record
   */
  static of(text: string, where: string): TaskRecords {
    const records = new TaskRecords()
    text.split('\n').forEach((line, i) => {
      let found: unknown
      try {
        found = JSON.parse(line)
      } catch {
        return
      }
      if (isStage(found)) records.#stages.set(`${found.step} ${found.stage}`, found)
      else if (isState(found)) records.#states.set(found.step, found.state)
      else throw new GanglionError(`line ${i + 1} of "${where}" is no record of tasks; copy the run again, or remove the line`)
    })
    return records
  }

  stage(step: number, stage: number): StageRecord | undefined {
    return this.#stages.get(`${step} ${stage}`)
  }
  /** The digest of the state that was kept after a step. */
  state(step: number): string | undefined {
    return this.#states.get(step)
  }
  /** The steps after which states were kept, up to `last`, rising. */
  statesUpTo(last: number): number[] {
    return [...this.#states.keys()].filter((step) => step <= last).sort((a, b) => a - b)
  }
  get size(): number {
    return this.#stages.size
  }
}

const isStep = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) > 0
const isTexts = (x: unknown): x is readonly string[] => Array.isArray(x) && x.every((each) => typeof each === 'string')
const isStage = (x: unknown): x is StageRecord => isRecord(x) && isStep(x['step']) && Number.isSafeInteger(x['stage']) &&
  isTexts(x['by']) && isTexts(x['sha256']) && x['by'].length === x['sha256'].length
const isState = (x: unknown): x is StateRecord => isRecord(x) && isStep(x['step']) && typeof x['state'] === 'string'
