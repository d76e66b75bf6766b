// One process at a time writes a run into a folder: a file there says which. A process that was killed leaves it behind, and
// the next takes it over.
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { GanglionError } from '../errors.ts'
import { failure, LOCK } from './files.ts'

/** Another process writes into the folder. */
export class FolderInUse extends GanglionError {}

interface Holder { readonly pid: number, readonly host: string, readonly id: string }

/** The ids of the locks that this process holds. */
const held = new Set<string>()
/** Who makes a lock has written into it after this; who takes one over looks again after this, in milliseconds. */
const SETTLED_MS = 100

/**
 * Takes a folder; returns what gives it back.
 * @throws FolderInUse when another process, or another run of this one, has it
 * @throws GanglionError when the folder cannot be written to
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, LOCK)
  const holder: Holder = { pid: process.pid, host: hostname(), id: randomUUID() }
  const text = `${JSON.stringify(holder)}\n`
  held.add(holder.id)
  try {
    while (!await create(path, text) && !await takeOver(folder, path, text, holder.id));
  } catch (error) {
    held.delete(holder.id)
    throw error
  }
  return async () => {
    held.delete(holder.id)
    if (holderOf(await read(path))?.id === holder.id) await rm(path, { force: true }).catch(() => {})
  }
}

/** Whether there was no lock, and now there is. */
async function create(path: string, text: string): Promise<boolean> {
  let file: FileHandle
  try {
    file = await open(path, 'wx')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw failure('write', path, cause)
  }
  try {
    await file.writeFile(text)
    return true
  } catch (cause) {
    await rm(path, { force: true }).catch(() => {})
    throw failure('write', path, cause)
  } finally {
    await file.close()
  }
}

/** Whether a dead holder's lock was taken over: it may be gone by now. Two that find the same both write: the last has it. */
async function takeOver(folder: string, path: string, text: string, id: string): Promise<boolean> {
  let found = await read(path)
  if (found !== undefined && !holderOf(found)) {
    await wait(SETTLED_MS)
    found = await read(path)
  }
  if (found === undefined) return false
  const holder = holderOf(found)
  if (holder && alive(holder)) throw inUse(folder, holder)
  const temporary = join(folder, `${LOCK}.${id}`)
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw failure('write', path, cause)
  }
  await wait(SETTLED_MS)
  const now = holderOf(await read(path))
  if (now?.id !== id) throw inUse(folder, now)
  return true
}

function inUse(folder: string, holder: Holder | undefined): FolderInUse {
  const who = holder ? `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}` : 'another process'
  return new FolderInUse(`the folder "${folder}" is in use: ${who} trains into it; wait for its end or choose another folder, ` +
    `or delete "${join(folder, LOCK)}" if there is no such process`)
}

/** Of another host nothing is known, nor of a process that may not be asked: it counts as alive. */
function alive({ pid, host, id }: Holder): boolean {
  if (host !== hostname()) return true
  if (pid === process.pid) return held.has(id)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** The text of a lock; undefined where there is none. */
async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : ''))
}

/** Nobody where the text is none of a lock: it is being written, or was left so. */
function holderOf(text = ''): Holder | undefined {
  try {
    const { pid, host, id } = JSON.parse(text) as Partial<Holder>
    return Number.isInteger(pid) && host !== undefined && id !== undefined ? { pid: pid!, host, id } : undefined
  } catch {
    return undefined
  }
}
