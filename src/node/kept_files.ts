// The files of a run's folder that a coordinator on another machine goes on from. Invariant: names that come from a server are
// those of a run's files, or nothing is written.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import { isRecord } from '../options.ts'
import { commit } from './commit.ts'
import { makeFolder } from './files.ts'
import type { Files } from './kept_run.ts'
import { readRegular } from './read.ts'
import { BEST, CONFIG, goesAlong, look, TASKS } from './run_files.ts'

/** Longer records of tasks stay where they were made. */
const MOST_RECORDS = 2 ** 24

/** What a run has in its folder to go on from. */
export async function filesToKeep(folder: string): Promise<Files> {
  const kept = new Map<string, Uint8Array>()
  for (const name of (await look(folder)).files.filter(goesAlong)) {
    const path = join(folder, name)
    if (name === TASKS && (await stat(path)).size > MOST_RECORDS) continue
    kept.set(name, await readRegular(path))
  }
  return kept
}

/**
 * Writes into a folder, which is locked, what was kept of a run, in place of an earlier save of it.
 * @throws GanglionError where it is no run, or cannot be written
 */
export async function writeKept(folder: string, kept: Files): Promise<void> {
  if (!kept.has(CONFIG) || ![...kept.keys()].every(goesAlong)) {
    throw new GanglionError('what the nats-server keeps is no run; run the same version of ganglion on both sides')
  }
  if ([...kept.keys()].some((name) => name.startsWith(`${BEST}/`))) await makeFolder(join(folder, BEST))
  const files = new Map(kept)
  const records = kept.get(TASKS)
  if (records) files.set(TASKS, withoutStates(records))
  await commit(folder, { files, removed: (await look(folder)).files })
}

/** Without those that say which states were kept for audits: these are on the machine that kept them. */
function withoutStates(records: Uint8Array): Uint8Array {
  const lines = new TextDecoder().decode(records).split('\n').filter((line) => {
    try {
      const found: unknown = JSON.parse(line)
      return !isRecord(found) || !('state' in found)
    } catch {
      // The last of a process that was killed may be cut.
      return false
    }
  })
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''))
}
