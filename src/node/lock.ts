// One process at a time writes a run into a folder. Who asks for it makes a ticket, a file whose name nobody else ever has, and
// only then looks for others'. It has the folder when it saw no ticket of a process that lives. Invariant: of two that both live,
// the one that made its ticket later sees the other's, however long either stalls between two instructions. A ticket of the dead
// may be removed by anyone at any time, because its name does not come again.
import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { GanglionError } from '../errors.ts'
import { entryAt, failure } from './files.ts'
import { MACHINE, runs, startOf } from './processes.ts'

/** Another process writes into the folder. */
export class FolderInUse extends GanglionError {}

/** The folder, or this process' hold of it, is gone. */
export class FolderLost extends GanglionError {}

export interface FolderLock {
  /** @throws FolderLost when the folder is gone, is another now, or this lock was removed from it */
  check(): Promise<void>
  /** Gives the folder back. */
  release(): Promise<void>
}

/** Of another machine no process can be asked: its ticket is written to every BEAT_MS, and dead after STALE_MS without. */
const BEAT_MS = 10_000
const STALE_MS = 120_000
/** Longer than a folder takes to be removed. */
const REMOVAL_MS = 500
/** Two that ask at the same time look again after this; and give up after that. */
const POLL_MS = 10
const PATIENCE_MS = 10_000
/** A holder that only tidies the folder is gone after this. */
const GLANCE_MS = 100

/** `.lock.<pid>.<machine>.<start>.<random>`. What an older version made is called `.lock`. */
const TICKET = /^\.lock\.(\d+)\.([0-9a-f]{12})\.(\d+)\.[0-9a-f]{16}$/
const OLD_LOCK = '.lock'

/** Whether a file of a folder is a lock's. */
export const isLock = (name: string): boolean => name === OLD_LOCK || TICKET.test(name)

/** Whether a process that lives has the folder. Nothing is changed there. */
export async function isHeld(folder: string): Promise<boolean> {
  for (const name of await readdir(folder)) {
    if (!TICKET.test(name)) continue
    const entry = await entryAt(join(folder, name))
    if (entry?.size && (await ticketHolder(name, Date.now() - entry.mtimeMs))[1]) return true
  }
  return false
}

interface Ticket {
  readonly name: string
  readonly path: string
  readonly pid: number
  /** Empty until its process has the folder. */
  readonly holds: boolean
}

interface Own {
  readonly name: string
  readonly path: string
  readonly file: FileHandle
  readonly ino: bigint
  /** When it was made, by the clock of the file system. */
  readonly made: number
}

/**
 * Takes a folder.
 * @throws FolderInUse when another process, or another run of this one, has it
 * @throws GanglionError when the folder cannot be written to, or a lock in it is no file or none that this program wrote
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const deadline = performance.now() + PATIENCE_MS
  let seen: string | undefined
  for (;;) {
    const own = await ask(folder)
    try {
      for (;;) {
        const others = await living(folder, own)
        if (!others) break
        const holder = others.find(({ holds }) => holds)
        if (holder && holder.name === seen) throw await inUse(folder, holder)
        seen = holder?.name
        if (holder) {
          await wait(GLANCE_MS)
          continue
        }
        if (others.length === 0) return await hold(folder, own)
        if (performance.now() > deadline) throw await inUse(folder, others[0]!)
        // Of those that ask at the same time one goes on, the first by name.
        if (others.some(({ name }) => name < own.name)) break
        await wait(POLL_MS)
      }
    } catch (error) {
      await drop(own)
      throw error
    }
    await drop(own)
    await wait(2 * POLL_MS)
  }
}

/** Makes a ticket. */
async function ask(folder: string): Promise<Own> {
  const { pid } = process
  const name = `.lock.${pid}.${MACHINE}.${startOf(pid)}.${randomBytes(8).toString('hex')}`
  const path = join(folder, name)
  try {
    const file = await open(path, 'wx+')
    const { ino, mtimeMs } = await file.stat({ bigint: true })
    return { name, path, file, ino, made: Number(mtimeMs) }
  } catch (cause) {
    throw failure('write', path, cause)
  }
}

/** Other tickets whose processes live; those of the dead are removed. Undefined where the own was. */
async function living(folder: string, own: Own): Promise<Ticket[] | undefined> {
  const found: Ticket[] = []
  const names = await readdir(folder).catch((cause) => { throw failure('read', folder, cause) })
  if (!names.includes(own.name)) return undefined
  for (const name of names) {
    if (!isLock(name) || name === own.name) continue
    const path = join(folder, name)
    const entry = await entryAt(path)
    if (!entry) continue
    if (!entry.isFile()) throw noLock(path, 'it is no file')
    const [pid, alive] = name === OLD_LOCK ? await oldHolder(path) : await ticketHolder(name, own.made - entry.mtimeMs)
    if (alive) found.push({ name, path, pid, holds: entry.size > 0 })
    else await rm(path, { force: true }).catch((cause) => { throw failure('remove', path, cause) })
  }
  return found
}

type Holder = readonly [pid: number, alive: boolean]

/** @param age since it was written to, by the clock of the file system */
async function ticketHolder(name: string, age: number): Promise<Holder> {
  const [, pid, machine, start] = TICKET.exec(name)!
  return [Number(pid), machine === MACHINE ? runs(Number(pid), Number(start)) : age < STALE_MS]
}

/** Who made a lock of an older version, which never was this process. Nothing is known of another host's. */
async function oldHolder(path: string): Promise<Holder> {
  const text = await readFile(path, 'utf8').catch((cause) => { throw failure('read', path, cause) })
  const { pid, host } = holderIn(text)
  if (!Number.isInteger(pid)) throw noLock(path, 'it names no process')
  return [pid!, host !== hostname() || (pid !== process.pid && runs(pid!))]
}

/** The ticket says that its process has the folder, and goes on saying that the process lives. */
async function hold(folder: string, { path, file, ino }: Own): Promise<FolderLock> {
  const text = `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`
  const beat = async () => {
    await file.write(text, 0)
    await file.sync()
  }
  const at = await stat(folder, { bigint: true })
  await beat().catch((cause) => { throw failure('write', path, cause) })
  const timer = setInterval(() => void beat().catch(() => {}), BEAT_MS)
  timer.unref()
  return {
    async check() {
      const ticket = await lstat(path, { bigint: true }).catch(() => undefined)
      const held = ticket?.ino === ino
      // What removes a folder removes its files before.
      if (!held) await wait(REMOVAL_MS)
      const now = await stat(folder, { bigint: true }).catch(() => undefined)
      if (now?.ino !== at.ino || now.dev !== at.dev) {
        throw new FolderLost(`the folder "${folder}" was removed or replaced while a run was trained into it; ` +
          'what was learned is lost: train again')
      }
      if (!held) {
        throw new FolderLost(`the lock of the folder "${folder}" was removed while a run was trained into it: ` +
          'another process may write there; see that none does, and go on with --resume')
      }
    },
    async release() {
      clearInterval(timer)
      await drop({ path, file })
    },
  }
}

async function drop({ path, file }: Pick<Own, 'path' | 'file'>): Promise<void> {
  await rm(path, { force: true }).catch(() => {})
  await file.close()
}

async function inUse(folder: string, { name, path, pid }: Ticket): Promise<FolderInUse> {
  const { host = hostname() } = holderIn(await readFile(path, 'utf8').catch(() => ''))
  const here = host === hostname()
  const end = here || name === OLD_LOCK ? '' : '; the lock of a computer that died ends by itself after two minutes'
  return new FolderInUse(`the folder "${folder}" is in use: process ${pid}${here ? '' : ` on ${host}`} trains into it; ` +
    `wait for its end or choose another folder, or delete "${path}" if there is no such process${end}`)
}

const noLock = (path: string, why: string): GanglionError => new GanglionError(
  `"${path}" is not a lock that Ganglion wrote: ${why}; delete it if nothing trains into the folder`)

/** What a lock says of its holder; nothing where the text is none of a lock. */
function holderIn(text: string): { pid?: number, host?: string } {
  try {
    return (JSON.parse(text) ?? {}) as { pid?: number, host?: string }
  } catch {
    return {}
  }
}
