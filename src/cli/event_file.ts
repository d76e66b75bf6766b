// The event file of a run for TensorBoard, which reads all such files of a folder together. Each process that trains a run
// writes one of its own. Invariant: it is only appended to, a whole record at a time.
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from '../node/files.ts'
import { imageRecord, scalarsRecord, startRecord, versionRecord } from './events.ts'

/** Seconds since 1970. */
const now = (): number => Date.now() / 1000

export class EventFile {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /**
   * A new file in a run's folder.
   * @param from the step that the run goes on from; what other files have of later ones does not count
   */
  static async start(folder: string, from: number): Promise<EventFile> {
    const head = Buffer.concat([versionRecord(now()), startRecord(now(), from + 1)])
    for (let second = Math.floor(now()); ; second++) {
      const path = join(folder, `events.out.tfevents.${second}.ganglion`)
      try {
        await writeFile(path, head, { flag: 'wx' })
        return new EventFile(path)
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw failure('write', path, cause)
      }
    }
  }

  async scalars(step: number, prefix: string, values: Readonly<Record<string, number>>): Promise<void> {
    const named = Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value] as const)
    await this.#append(scalarsRecord(now(), step, Object.fromEntries(named)))
  }

  async picture(step: number, tag: string, png: Uint8Array, channels: number): Promise<void> {
    await this.#append(imageRecord(now(), step, tag, png, channels))
  }

  async #append(record: Uint8Array): Promise<void> {
    await appendFile(this.path, record).catch((cause) => { throw failure('write', this.path, cause) })
  }
}
