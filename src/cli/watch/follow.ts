// The lines of a metrics.jsonl that another process writes, as they come. Invariant: what is read is what is new. The file is
// replaced at each epoch, and a line of it may go when the run is saved (src/cli/lines.ts): then the lines from there on are read
// again, and those before it are not.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { GanglionError } from '../../errors.ts'
import { MOST_TEXT, notRegular } from '../../node/read.ts'
import type { EpochLine } from '../lines.ts'

/** Bytes before the place where reading goes on that are compared with what they were. */
const KNOWN = 2 ** 16
/** Bytes that are read at once. */
const PART = 2 ** 20
const LINE_FEED = 10
/** Without waiting for a writer, where it is a FIFO. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

export interface News {
  /** How many of the lines before still hold: those after them are no more, and `lines` come in their place. */
  readonly keep: number
  readonly lines: readonly EpochLine[]
}

const markOf = ({ mtimeMs, ino, size }: Stats): string => `${mtimeMs} ${ino} ${size}`

export class Follower {
  readonly #path: string
  #mark = ''
  /** Where each line ends that was given. */
  #ends: number[] = []
  /** Where the first line begins that is not read yet. */
  #at = 0
  /** The last bytes before it. */
  #known = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
  }

  /**
   * What is new since the last call. A line that does not end yet waits; one that is no JSON object is left out.
   * @throws the system's error where the file cannot be read, GanglionError where it is no file; the next call then reads all
   */
  async next(): Promise<News> {
    try {
      if (markOf(await stat(this.#path)) === this.#mark) return { keep: this.#ends.length, lines: [] }
      const file = await open(this.#path, FLAGS)
      try {
        const info = await file.stat()
        if (!info.isFile()) throw notRegular(this.#path)
        await this.#stepBack(file, info.size)
        const keep = this.#ends.length
        const lines = await this.#read(file, info.size)
        this.#mark = markOf(info)
        return { keep, lines }
      } finally {
        await file.close()
      }
    } catch (error) {
      this.#mark = ''
      this.#backTo(0)
      throw error
    }
  }

  /** To before the first byte that is not what it was. */
  async #stepBack(file: FileHandle, size: number): Promise<void> {
    const from = this.#at - this.#known.length
    const now = await bytesOf(file, from, Math.max(from, Math.min(size, this.#at)))
    let same = 0
    while (same < now.length && now[same] === this.#known[same]) same++
    if (same < this.#known.length) this.#backTo(same === 0 ? 0 : from + same)
  }

  /** To the end of the last line that ends by there. */
  #backTo(place: number): void {
    let count = this.#ends.length
    while (count > 0 && this.#ends[count - 1]! > place) count--
    this.#ends.length = count
    const at = this.#ends.at(-1) ?? 0
    const from = this.#at - this.#known.length
    this.#known = this.#known.subarray(0, Math.max(0, at - from))
    this.#at = at
  }

  async #read(file: FileHandle, size: number): Promise<EpochLine[]> {
    const lines: EpochLine[] = []
    let rest = Buffer.alloc(0)
    for (let from = this.#at; from < size;) {
      const part = await bytesOf(file, from, Math.min(size, from + PART))
      if (part.length === 0) break
      from += part.length
      const bytes = Buffer.concat([rest, part])
      let begin = 0
      for (let end; (end = bytes.indexOf(LINE_FEED, begin) + 1) > 0; begin = end) {
        const line = lineOf(bytes.toString('utf8', begin, end))
        if (!line) continue
        lines.push(line)
        this.#ends.push(this.#at + end)
      }
      this.#known = Buffer.concat([this.#known, bytes.subarray(0, begin)]).subarray(-KNOWN)
      this.#at += begin
      rest = bytes.subarray(begin)
      if (rest.length <= MOST_TEXT) continue
      throw new GanglionError(`"${this.#path}" has a line of more than ${MOST_TEXT} bytes; train again`)
    }
    return lines
  }
}

async function bytesOf(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}

function lineOf(text: string): EpochLine | undefined {
  try {
    const line = JSON.parse(text) as EpochLine | null
    return typeof line === 'object' && line !== null && !Array.isArray(line) ? line : undefined
  } catch {
    return undefined
  }
}
