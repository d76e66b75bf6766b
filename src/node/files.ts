// Writing files in Node so that a crash or a full disk never leaves half of one: a temporary file beside, then a rename.
// It also guards the folder of a run. Invariant: nothing is removed that a run did not write.
import { existsSync } from 'node:fs'
import { appendFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { GanglionError } from '../errors.ts'
import { checkOptions, flag } from '../options.ts'

/** All that a run writes into its folder, and so all that `force` removes: files, and pictures in the folder `samples`. */
const RUN_FILES = [
  'config.json', 'metrics.jsonl', 'weights.safetensors', 'state.safetensors', 'digest.txt', 'checksums.txt',
] as const
const SAMPLES = 'samples'
const PICTURE = /^(reconstruction-)?epoch-\d{4,}\.png$/
/** Says who trains into the folder (lock.ts). It is no part of a run. */
export const LOCK = '.lock'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and try again',
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

let temporaries = 0
const TEMPORARY = /^\.(.+)\.\d+\.\d+\.tmp$/

/**
 * Writes `data` so that `path` holds either what it held before or all of `data`: to a temporary file in the same
 * folder, synced to the disk, then renamed. Text is UTF-8. A symbolic link at `path` is replaced, not followed.
 * @throws GanglionError when it cannot be written; the temporary file is then removed and `path` is as before
 */
export function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  return writeFilesAtomic([[path, data]])
}

/**
 * Writes files that belong together as `writeFileAtomic` writes one: none is renamed before all are on the disk, so one
 * that is full replaces none of them.
 * @throws GanglionError when one cannot be written; the temporary files are then removed and all paths are as before
 */
export async function writeFilesAtomic(files: readonly (readonly [path: string, data: Uint8Array | string])[]): Promise<void> {
  const written: { path: string, temporary: string }[] = []
  let at = ''
  try {
    for (const [path, data] of files) {
      at = path
      const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${temporaries++}.tmp`)
      const file = await open(temporary, 'wx')
      written.push({ path, temporary })
      try {
        await file.writeFile(data)
        await file.sync()
      } finally {
        await file.close()
      }
      // Renaming would say so after others are renamed.
      if ((await lstat(path).catch(() => null))?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    }
    for (const { path, temporary } of written) {
      at = path
      await rename(temporary, path)
    }
  } catch (cause) {
    for (const { temporary } of written) await rm(temporary, { force: true }).catch(() => {})
    throw failure('write', at, cause)
  }
}

/**
 * Makes `path` a folder that a new run may write to. One that holds anything is refused, unless `force` is set: then
 * the files of an earlier run are removed (config.json, metrics.jsonl, weights.safetensors, state.safetensors, digest.txt,
 * checksums.txt, and the pictures of epochs in samples/) and everything else stays. Returns the topmost folder that it
 * made, if any: a parent of `path`, or `path`.
 * @throws TypeError, RangeError for options that are not as described
 * @throws GanglionError when it holds files and `force` is not set, is a file, or cannot be written; the folders that it
 *   made are then removed
 */
export async function prepareRunFolder(path: string, options: { force?: boolean } = {}): Promise<string | undefined> {
  checkOptions('prepareRunFolder', options, { force: flag })
  const { force = false } = options
  try {
    const made = await makeFolder(path)
    // As join() reads it in what follows: a/../b is b.
    const found = (await readdir(resolve(path))).filter((name) => name !== LOCK)
    if (found.length > 0 && !force) {
      throw notEmpty(path, found, 'choose another, or use force to replace the files of an earlier run')
    }
    const samples = join(path, SAMPLES)
    const pictures = await picturesIn(samples)
    for (const name of [...RUN_FILES, ...found.filter(isTemporary)]) await rm(join(path, name), { force: true })
    for (const name of pictures) await rm(join(samples, name), { force: true })
    // A folder that holds anything else stays.
    await rmdir(samples).catch(() => {})
    return made
  } catch (cause) {
    throw cause instanceof GanglionError ? cause : failure('prepare run folder', path, cause)
  }
}

/** What a process that was killed leaves of a file of a run. */
const isTemporary = (name: string): boolean => RUN_FILES.includes((TEMPORARY.exec(name)?.[1] ?? '') as typeof RUN_FILES[number])
const isPicture = (name: string): boolean => PICTURE.test(TEMPORARY.exec(name)?.[1] ?? name)

/** Whether a path, where a run's folder is around it, is one of the pictures that its training writes. */
export const isRunPicture = (path: string): boolean =>
  PICTURE.test(basename(path)) && basename(dirname(path)) === SAMPLES && existsSync(join(path, '..', '..', RUN_FILES[0]))

/** The pictures of a run in a folder; none where there is no such folder. A file in its place is refused. */
async function picturesIn(folder: string): Promise<string[]> {
  const found = await lstat(folder).catch(() => null)
  // The link goes, and what it leads to stays.
  if (found?.isSymbolicLink()) await rm(folder)
  else if (found?.isDirectory()) {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && isPicture(entry.name)).map(({ name }) => name)
  }
  else if (found) throw failure('prepare run folder', folder, { code: 'EEXIST' })
  return []
}

/** The refusal of a folder that holds something. */
export function notEmpty(path: string, found: readonly string[], mend: string): GanglionError {
  const more = found.length > 1 ? ` and ${found.length - 1} more` : ''
  return new GanglionError(`the folder "${path}" is not empty: it holds "${[...found].sort()[0]}"${more}; ${mend}`)
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
 * Adds `line` and a newline at the end of the file at `path`, which is created when missing.
 * @throws RangeError when `line` has a newline in it
 * @throws GanglionError when it cannot be written
 */
export async function appendLine(path: string, line: string): Promise<void> {
  if (line.includes('\n')) throw new RangeError(`appendLine: line expected no newline, got ${JSON.stringify(line)}`)
  try {
    await appendFile(path, `${line}\n`)
  } catch (cause) {
    throw failure('write', path, cause)
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
      if (code !== 'EEXIST' || !(await stat(folder)).isDirectory()) {
        if (last) await removeFolders(last, top!)
        throw error
      }
    }
    last = folder
  }
  return top
}

export function failure(what: string, path: string, cause: unknown): GanglionError {
  return new GanglionError(`cannot ${what} "${path}": ${reasonOf(cause)}`, { cause })
}

/** Why the system refused, and what to do. */
export function reasonOf(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return reasons[code] ?? message
}
