// The lines of a metrics.jsonl that another process writes, as they come. Invariant: each whole line is read once while the file
// only grows, and all of it again where what was read of it has changed: the file is replaced at each epoch, and by --force.
import { open } from 'node:fs/promises'
import type { EpochLine } from '../lines.ts'

/** Bytes before the place where reading goes on that must be as they were. */
const KNOWN = 4096
/** Bytes that are read at once. */
const PART = 2 ** 20
const LINE_FEED = 10

export interface News {
  /** Whether `lines` are all that there are, and not those after the ones before. */
  readonly fresh: boolean
  readonly lines: readonly EpochLine[]
}

export class Follower {
  readonly #path: string
  /** Where the first line begins that is not read yet. */
  #at = 0
  /** The last bytes before it. */
  #known = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
  }

  /**
   * What is new since the last call. A line that does not end yet waits; one that is no JSON object is left out.
   * @throws the system's error where the file cannot be read; the next call then reads all of it
   */
  async next(): Promise<News> {
    const file = await open(this.#path).catch((error: unknown) => {
      this.#restart()
      throw error
    })
    try {
      const { size } = await file.stat()
      const same = size >= this.#at && (await bytesOf(file, this.#at - this.#known.length, this.#at)).equals(this.#known)
      if (!same) this.#restart()
      const fresh = this.#at === 0
      const lines: EpochLine[] = []
      let rest = Buffer.alloc(0)
      for (let from = this.#at; from < size;) {
        const part = await bytesOf(file, from, Math.min(size, from + PART))
        if (part.length === 0) break
        from += part.length
        const bytes = Buffer.concat([rest, part])
        const end = bytes.lastIndexOf(LINE_FEED) + 1
        for (const text of bytes.toString('utf8', 0, end).split('\n')) lines.push(...lineOf(text))
        this.#known = Buffer.concat([this.#known, bytes.subarray(0, end)]).subarray(-KNOWN)
        this.#at += end
        rest = bytes.subarray(end)
      }
      return { fresh, lines }
    } finally {
      await file.close()
    }
  }

  #restart(): void {
    this.#at = 0
    this.#known = Buffer.alloc(0)
  }
}

async function bytesOf(file: Awaited<ReturnType<typeof open>>, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}

function lineOf(text: string): EpochLine[] {
  try {
    const line = JSON.parse(text) as EpochLine | null
    return typeof line === 'object' && line !== null && !Array.isArray(line) ? [line] : []
  } catch {
    return []
  }
}
