// What a run folder knows of tasks that others did: tasks.jsonl, and some states that an audit begins with. Invariant: a state
// that is saved has the records of all steps before it. What is recorded beyond it comes again, and then the later line counts.
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runFiles, STATE } from '../checkpoint/run.ts'
import { failure, writeFileAtomic } from '../node/files.ts'
import { stateFile, TASKS } from '../node/run_files.ts'
import type { StageRecord, StateRecord } from '../swarm/record.ts'
import type { Model } from '../train/model.ts'
import type { Progress } from '../train/train.ts'

export class TaskLog {
  /** How many states are kept, evenly over the run. */
  readonly #states: number
  #lines: string[] = []
  /** Ends the line that a process which was killed, or a full disk, may have cut. */
  #before = '\n'
  #keptAt = 0

  constructor(states: number) {
    this.#states = states
  }

  add(record: StageRecord): void {
    this.#lines.push(JSON.stringify(record))
  }

  /** Keeps the state of a step where it is time. */
  async keep(folder: string, model: Model, { step, lastStep }: Pick<Progress, 'step' | 'lastStep'>): Promise<void> {
    const place = Math.floor((step * (this.#states + 1)) / lastStep)
    // A step that was undone is done again.
    if (step < this.#keptAt) this.#keptAt = step - 1
    const before = Math.floor((this.#keptAt * (this.#states + 1)) / lastStep)
    this.#keptAt = step
    if (place === before || step === lastStep || !this.#states) return
    const { digest, files } = await runFiles(model)
    await writeFileAtomic(join(folder, stateFile(step)), files.get(STATE)!)
    this.#lines.push(JSON.stringify({ step, state: digest } satisfies StateRecord))
  }

  /** Writes what was recorded. */
  async write(folder: string): Promise<void> {
    if (!this.#lines.length) return
    const path = join(folder, TASKS)
    const text = `${this.#before}${this.#lines.join('\n')}\n`
    this.#before = '\n'
    await appendFile(path, text).catch((cause) => { throw failure('write', path, cause) })
    this.#lines = []
    this.#before = ''
  }
}
