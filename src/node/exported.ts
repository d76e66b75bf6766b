// What an export leaves on the disk: one file, or the files of a folder. Invariant: all of it is there, or all is as before.
import { rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { GanglionError } from '../errors.ts'
import type { Files } from '../export/format.ts'
import { entryAt, failure, makeFolder, newId, removeFolders, syncFolder, temporaryOf, writeSynced } from './files.ts'
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
 * Writes files that belong together: temporaries beside their places first, which get their names when all are there.
 * @throws GanglionError where one cannot be written; nothing is left behind then, and what was there is as before
 */
export async function writeExported(path: string, files: Files, { folder = false, force }: Place): Promise<void> {
  await checkFree(path, folder, force)
  const placed = new Map([...files].map(([name, data]) => [folder ? join(path, name) : path, data]))
  const id = newId()
  let at = path
  const made: (readonly [folder: string, top: string])[] = []
  try {
    for (const parent of folder ? new Set([...placed.keys()].map((place) => dirname(place))) : []) {
      const top = await makeFolder(at = parent)
      if (top) made.push([parent, top])
    }
    for (const [place, data] of placed) {
      at = place
      await writeSynced(temporaryOf(place, id), data)
      if ((await entryAt(place))?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    }
    for (const place of placed.keys()) await rename(temporaryOf(at = place, id), place)
    for (const parent of new Set([...placed.keys()].map((place) => dirname(place)))) await syncFolder(parent)
  } catch (cause) {
    for (const place of placed.keys()) await rm(temporaryOf(place, id), { force: true }).catch(() => {})
    for (const [parent, top] of made.reverse()) await removeFolders(parent, top)
    throw failure('write', at, cause)
  }
}
