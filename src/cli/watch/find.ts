// The runs that `ganglion watch` shows. Invariant: a run is known to a page by its number, never by a path, so that nothing
// outside of the folders that were named can be asked for.
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { GanglionError } from '../../errors.ts'
import { CONFIG } from '../../node/run_files.ts'

/** Runs that are shown; a sweep may have thousands. */
export const MOST_RUNS = 64

export interface Found {
  /** As a person knows it: the folder's name, with that of a folder of runs before it. */
  readonly name: string
  readonly path: string
}

/**
 * The runs in folders, each a run, or a folder of runs, whose runs come by their names. One that is named twice comes once.
 * @throws GanglionError where a folder is missing or has no run, or there are more than MOST_RUNS
 */
export async function findRuns(folders: readonly string[]): Promise<Found[]> {
  const found = new Map<string, Found>()
  for (const folder of folders) {
    for (const run of await runsIn(folder, resolve(folder))) if (!found.has(run.path)) found.set(run.path, run)
  }
  if (found.size > MOST_RUNS) {
    throw new GanglionError(`there are ${found.size} runs, and at most ${MOST_RUNS} are shown; name those to watch`)
  }
  return [...found.values()]
}

async function runsIn(folder: string, path: string): Promise<Found[]> {
  const name = basename(path)
  if (isRun(path)) return [{ name, path }]
  const entry = await stat(path).catch(() => undefined)
  if (!entry?.isDirectory()) {
    throw new GanglionError(`"${folder}" is ${entry ? 'a file' : 'missing'}, expected the folder of a run, or one of runs; ` +
      'check the path')
  }
  const inside = (await readdir(path)).sort().map((run) => ({ name: `${name}/${run}`, path: join(path, run) }))
  const runs = inside.filter((run) => isRun(run.path))
  if (runs.length > 0) return runs
  throw new GanglionError(`there is no run in "${folder}": neither it nor a folder in it has a ${CONFIG}; train one, ` +
    'or name the folder of another')
}

const isRun = (path: string): boolean => existsSync(join(path, CONFIG))
