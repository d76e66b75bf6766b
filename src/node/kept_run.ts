// What a run goes on from, kept at a nats-server in parts, for a coordinator that takes the run over. Invariant: what is read is
// all of one save: the key that says where its parts lie is replaced by compare and set, once all of them are there.
import type { KV } from '@nats-io/kv'
import { GanglionError } from '../errors.ts'
import { sha256 } from '../formats/sha256.ts'
import { isRecord } from '../options.ts'
import { partOf, partsOf } from '../swarm/protocol.ts'

export const KEPT = 'ganglion-runs'
/** How long a run is kept that nobody saves any more, in milliseconds. */
export const KEPT_MS = 7 * 24 * 3600 * 1000
/** Tries to read a save, while others replace it. */
const MOST_TRIES = 5

/** Files by their names. */
export type Files = ReadonlyMap<string, Uint8Array>

/** The value of a run's key: that it has ended, or where its last save lies. */
interface Place {
  readonly owner: string
  /** A save is written to the place that the one before has not. */
  readonly slot: number
  readonly files: readonly (readonly [name: string, bytes: number])[]
  readonly sha256: string
  /** How many parts there are in each place. */
  readonly parts: readonly [number, number]
}

export class KeptRun {
  readonly #kv: KV
  readonly #run: string
  readonly #owner: string
  #slot = 0
  readonly #parts: [number, number] = [0, 0]
  /** That of the run's key, as this coordinator knows it; 0 for none. */
  #revision: number | undefined

  /** @param owner a name that no other coordinator has */
  constructor(kv: KV, run: string, owner: string) {
    this.#kv = kv
    this.#run = run
    this.#owner = owner
  }

  /**
   * Keeps files in place of those of before.
   * @throws Error where the server has no room, does not answer, or knows of another coordinator by now
   */
  async keep(files: Files): Promise<void> {
    const bytes = Buffer.concat([...files.values()])
    const slot = 1 - this.#slot
    const parts = partsOf(bytes.length)
    this.#parts[slot] = Math.max(this.#parts[slot]!, parts)
    for (let part = 0; part < parts; part++) await this.#kv.put(partKey(this.#run, this.#owner, slot, part), partOf(bytes, part))
    const place: Place = {
      owner: this.#owner, slot, files: [...files].map(([name, { length }]) => [name, length]), sha256: await sha256([bytes]),
      parts: this.#parts,
    }
    const before = await this.#set(place)
    this.#slot = slot
    if (before) await this.#clear(before)
  }

  /** Keeps that the run has ended, and nothing else of it. */
  async over(): Promise<void> {
    const before = await this.#set({ over: true })
    for (const each of [before, { owner: this.#owner, parts: this.#parts }]) if (each) await this.#clear(each)
  }

  /** Removes the parts of an owner: each by itself, since the room of those that a server of version 2.9 purges stays taken. */
  async #clear({ owner, parts }: Pick<Place, 'owner' | 'parts'>): Promise<void> {
    for (const [slot, count] of parts.entries()) {
      for (let part = 0; part < count; part++) await this.#kv.delete(partKey(this.#run, owner, slot, part)).catch(() => {})
    }
  }

  /** Sets the run's key, which is this coordinator's from then on; what another left there. */
  async #set(value: object): Promise<Place | undefined> {
    const kv = this.#kv
    const text = JSON.stringify(value)
    const put = async (): Promise<void> => {
      this.#revision = await kv.put(this.#run, text, { previousSeq: this.#revision! })
    }
    if (this.#revision !== undefined) {
      const done = await put().then(() => true, () => false)
      if (done) return undefined
    }
    // The first time; or the answer of before was lost, or the server's store.
    const found = await kv.get(this.#run)
    const before = found?.length ? placeIn(found.json()) : undefined
    if (this.#revision !== undefined && before && before.owner !== this.#owner) {
      await this.#clear({ owner: this.#owner, parts: this.#parts })
      throw new GanglionError(`another coordinator keeps the run "${this.#run}"`)
    }
    this.#revision = found?.revision ?? 0
    await put()
    return before?.owner === this.#owner ? undefined : before
  }
}

/**
 * The files of a run's last save; that it has ended, or that nothing is known of it.
 * @throws GanglionError where they cannot be read
 */
export async function keptFiles(kv: KV, run: string): Promise<Files | 'over' | 'none'> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = await kv.get(run)
    if (!found?.length) return 'none'
    const value: unknown = found.json()
    if (isRecord(value) && value['over'] === true) return 'over'
    const place = placeIn(value)
    if (!place) break
    const bytes = await partsAt(kv, run, place)
    if (bytes && await sha256([bytes]) === place.sha256) return split(bytes, place.files)
  }
  throw new GanglionError(`what the nats-server keeps of the run "${run}" is not whole; go on from its folder, with --resume`)
}

async function partsAt(kv: KV, run: string, { owner, slot, files }: Place): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(files.reduce((n, [, length]) => n + length, 0))
  let at = 0
  for (let part = 0; part < partsOf(bytes.length); part++) {
    const value = (await kv.get(partKey(run, owner, slot, part)))?.value
    if (!value || at + value.length > bytes.length) return undefined
    bytes.set(value, at)
    at += value.length
  }
  return at === bytes.length ? bytes : undefined
}

const partKey = (run: string, owner: string, slot: number, part: number): string => `${run}.${owner}.${slot}.${part}`

function placeIn(value: unknown): Place | undefined {
  if (!isRecord(value) || typeof value['owner'] !== 'string' || typeof value['sha256'] !== 'string') return undefined
  const { files, parts } = value
  const isSize = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 0
  const isFile = (x: unknown): boolean => Array.isArray(x) && typeof x[0] === 'string' && isSize(x[1])
  const good = Array.isArray(files) && files.every(isFile) && Array.isArray(parts) && parts.length === 2 && parts.every(isSize)
  return good && (value['slot'] === 0 || value['slot'] === 1) ? value as unknown as Place : undefined
}

function split(bytes: Uint8Array, files: Place['files']): Files {
  let at = 0
  return new Map(files.map(([name, length]) => [name, bytes.slice(at, at += length)]))
}

/** Keeps saves one after another while training goes on: of those that come meanwhile, the last. */
export class Keeping {
  readonly #kept: KeptRun
  /** Told why a save is not kept, once until one is. */
  readonly #onFault: (why: string) => void
  #next: Files | undefined
  #busy: Promise<void> | undefined
  #failed = false

  constructor(kept: KeptRun, onFault: (why: string) => void) {
    this.#kept = kept
    this.#onFault = onFault
  }

  keep(files: Files): void {
    this.#next = files
    this.#busy ??= this.#keepAll().finally(() => { this.#busy = undefined })
  }
  async #keepAll(): Promise<void> {
    for (let files = this.#next; files; files = this.#next) {
      this.#next = undefined
      try {
        await this.#kept.keep(files)
        this.#failed = false
      } catch (error) {
        if (!this.#failed) this.#onFault((error as Error).message)
        this.#failed = true
      }
    }
  }

  /** Waits until the last is kept, or is not to be. */
  async done(): Promise<void> {
    await this.#busy
  }
}
