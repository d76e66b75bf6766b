// What an export leaves on the disk: one file, or the files of a folder. Invariant: all of it is there, or all is as before,
// also where the process is killed: a file and a new folder get their names by one rename. Only files that are replaced in a
// folder that is there (--force) may be some old and some new then; the same command again makes all of them new.
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { GanglionError } from '../errors.ts'
import { fileNameOf, type Files } from '../export/format.ts'
import { PARTS } from '../export/part.ts'
import * as formats from '../export/registry.ts'
import {
  entryAt, failure, makeFolder, newId, removeFolders, syncFolder, targetOf, temporaryOf, writerOf, writeSynced,
} from './files.ts'
import { runs } from './processes.ts'
import { isOfRun } from './run_files.ts'

export interface Place {
  /** Whether the path is that of a folder. */
  readonly folder?: boolean | undefined
  /** Whether files that are there are replaced. */
  readonly force: boolean
}

/** @throws GanglionError where something is at a path that may not be replaced: a run's file never may */
export async function checkFree(path: string, folder: boolean | undefined, force: boolean): Promise<void> {
  if (isOfRun(resolve(path))) {
    throw new GanglionError(`"${path}" is a file that training keeps, and is left as it is; give --out another name`)
  }
  const found = await entryAt(path).catch((cause: unknown) => { throw failure('write', path, cause) })
  if (!found || force) return
  const other = folder ? 'folder' : 'name'
  throw new GanglionError(`"${path}" is there already; give --out another ${other}, or replace it with --force`)
}

/**
 * Writes files that belong together: as temporaries first, which get their names when all are there.
 * @throws GanglionError where one cannot be written; nothing is left behind then, and what was there is as before
 */
export async function writeExported(path: string, files: Files, { folder = false, force }: Place): Promise<void> {
  await checkFree(path, folder, force)
  await tidy(dirname(path), [basename(path), ...NAMES])
  if (folder && !await entryAt(path)) await writeFolder(path, files)
  else await replace(new Map([...files].map(([name, data]) => [folder ? join(path, name) : path, data])), folder)
}

/** A folder that is not there. */
async function writeFolder(path: string, files: Files): Promise<void> {
  const [parent, temporary] = [dirname(path), temporaryOf(path, newId())]
  let [at, made]: [string, string | undefined] = [path, undefined]
  try {
    made = await makeFolder(at = parent)
    await mkdir(temporary)
    for (const [name, data] of files) {
      at = join(path, name)
      await makeFolder(dirname(join(temporary, name)))
      await writeSynced(join(temporary, name), data)
    }
    for (const inner of foldersOf([...files.keys()])) await syncFolder(join(temporary, inner))
    await rename(temporary, at = path)
    await syncFolder(parent)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    if (made) await removeFolders(parent, made)
    throw failure('write', at, cause)
  }
}

/** One file, or files of a folder that is there. */
async function replace(files: Files, folder: boolean): Promise<void> {
  const [id, parents] = [newId(), foldersOf([...files.keys()])]
  const made: (readonly [folder: string, top: string])[] = []
  let at = ''
  try {
    for (const parent of folder ? parents : []) {
      const top = await makeFolder(at = parent)
      if (top) made.push([parent, top])
      await tidy(parent, [...files.keys()].map((place) => basename(place)))
    }
    for (const [place, data] of files) {
      at = place
      await writeSynced(temporaryOf(place, id), data)
      if ((await entryAt(place))?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    }
    for (const place of files.keys()) await rename(temporaryOf(at = place, id), place)
    for (const parent of parents) await syncFolder(parent)
  } catch (cause) {
    for (const place of files.keys()) await rm(temporaryOf(place, id), { force: true }).catch(() => {})
    for (const [parent, top] of made.reverse()) await removeFolders(parent, top)
    throw failure('write', at, cause)
  }
}

const foldersOf = (paths: readonly string[]): string[] => [...new Set(paths.map((path) => dirname(path)))]

/** What exports are called where nobody says. */
const NAMES = Object.values(formats).flatMap((format) => PARTS.map((part) => fileNameOf(format, part)))

/** Removes, as far as it can, what exports under these names left in a folder that were killed. */
async function tidy(folder: string, names: readonly string[]): Promise<void> {
  for (const name of await readdir(folder).catch((): string[] => [])) {
    if (!names.includes(targetOf(name) ?? '') || runs(writerOf(name))) continue
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}
