// Writing files in Node so that a crash, a full disk or a power cut never leaves half of one: a temporary file beside, synced, a
// rename, and the folder synced. Invariant: a path holds what it held before, or all of what was written.
import { randomInt } from 'node:crypto'
import { lstat, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { GanglionError } from '../errors.ts'
import { check, isBytes, rule } from '../options.ts'
import { pathRule } from './options.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and try again',
  EFBIG: 'a file may not grow so large; raise the limit (ulimit -f), or choose another folder',
  EDQUOT: 'your disk quota is used up; free some space and try again',
  EROFS: 'the file system is read-only; choose another folder',
  EACCES: 'permission denied; choose a folder that you may write to',
  EPERM: 'permission denied; choose a folder that you may write to',
  ENOENT: 'its folder does not exist; create the folder first',
  ENOTDIR: 'a part of its path is a file, not a folder; choose another path',
  EEXIST: 'a file of that name is in the way; choose another path',
  EISDIR: 'it is a folder; give the name of a file',
  ERR_FS_EISDIR: 'it is a folder; give the name of a file',
  ENAMETOOLONG: 'its name is too long; choose a shorter one',
}

/** A temporary file beside `path`. Its name says whose it is: those of one `id` belong together. */
export const temporaryOf = (path: string, id: string): string => join(dirname(path), `.${basename(path)}.${id}.tmp`)

/** The process, and a number of its own. */
export const newId = (): string => `${process.pid}.${randomInt(2 ** 48 - 1)}`

/** What `newId` gives. */
export const ID = /^\d{1,10}\.\d{1,15}$/
const TEMPORARY = /^\.(.+)\.(\d{1,10}\.\d{1,15})\.tmp$/

/** The file that a temporary is to become, by its name; undefined where it is none. */
export const targetOf = (name: string): string | undefined => TEMPORARY.exec(name)?.[1]

/** The number of the process that writes a temporary, by its name. */
export const writerOf = (name: string): number => Number(name.split('.').at(-3))

const DATA = rule('a string or a Uint8Array', (x): x is Uint8Array | string => typeof x === 'string' || isBytes(x))

/**
 * Writes `data` so that `path` holds either what it held before or all of `data`: to a temporary file in the same
 * folder, synced to the disk, then renamed. Text is UTF-8. A symbolic link at `path` is replaced, not followed.
 * @throws GanglionError when it cannot be written; the temporary file is then removed and `path` is as before
 * @example
 * await writeFileAtomic('samples.png', samplesPng(model))
 */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  check('writeFileAtomic', 'path', path, pathRule)
  check('writeFileAtomic', 'data', data, DATA)
  const temporary = temporaryOf(path, newId())
  try {
    await writeSynced(temporary, data)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw failure('write', path, cause)
  }
}

/** Writes a new file and syncs it to the disk. */
export async function writeSynced(path: string, data: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(data)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Codes of systems that cannot open or sync a folder. */
const NO_FOLDERS = ['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']

/** Has the names in a folder survive a power cut, where the system can do that. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    if (!NO_FOLDERS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** @internal What is at a path, itself where it is a link; undefined where nothing is. */
export async function entryAt(path: string) {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** Removes `path` and its parents up to and with `top`, as long as they are empty. */
export async function removeFolders(path: string, top: string): Promise<void> {
  const all = [resolve(path)]
  while (all.at(-1) !== resolve(top) && dirname(all.at(-1)!) !== all.at(-1)) all.push(dirname(all.at(-1)!))
  for (const folder of all) {
    const removed = await rmdir(folder).then(() => true, () => false)
    if (!removed) return
  }
}

/**
 * Makes a folder with its parents; returns the topmost that was missing. Removes what it made where it cannot make all.
 * Node's own recursive mkdir says ENOENT on a disk that is read-only or full, and leaves the parents behind.
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const missing: string[] = []
  for (let at = resolve(path); ; at = dirname(at)) {
    const there = await stat(at).catch(() => null)
    if (there?.isDirectory()) break
    missing.unshift(at)
    // A file in the way, or no root: mkdir says so.
    if (there || dirname(at) === at) break
  }
  const [top] = missing
  let last: string | undefined
  for (const folder of missing) {
    try {
      await mkdir(folder)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const there = code === 'EEXIST' ? await stat(folder).catch(() => null) : undefined
      if (!there?.isDirectory()) {
        if (last) await removeFolders(last, top!)
        if (there !== null) throw error
        throw new Error(`"${folder}" is a link to what is not there; make its target, or give another folder`, { cause: error })
      }
    }
    await syncFolder(dirname(folder))
    last = folder
  }
  return top
}

export function failure(what: string, path: string, cause: unknown): GanglionError {
  return new GanglionError(`cannot ${what} "${path}": ${reasonOf(cause)}`, { cause })
}

/** Why the system refused, and what to do. */
export function reasonOf(cause: unknown): string {
  const { code = '', message, permission } = cause as NodeJS.ErrnoException & { readonly permission?: string }
  if (code !== DENIED) return reasons[code] ?? message
  const flag = `--allow-fs-${permission === 'FileSystemWrite' ? 'write' : 'read'}`
  return `Node's permission model does not allow it; start Node with ${flag}=* or with ${flag}= and the folder`
}
/** What Node's permission model says. */
export const DENIED = 'ERR_ACCESS_DENIED'
