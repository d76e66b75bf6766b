// The lock of a run's folder: who has it may write there, and nobody else does meanwhile. What a process that was killed left
// undone there is done, and what it left behind is removed, before anything is read.
import { join } from 'node:path'
import { recover } from '../node/commit.ts'
import { failure, makeFolder, removeFolders } from '../node/files.ts'
import { FolderInUse, type FolderLock, lockFolder } from '../node/lock.ts'
import { BEST, contentsOf, isLeftUntidy, keepsBest, notEmpty } from '../node/run_files.ts'

export interface RunLock extends FolderLock {
  /** The folder. */
  readonly path: string
  /** Gives the folder back; removes it, with its parents, where they were made for it and nothing is in them. */
  release(): Promise<void>
}

/**
 * Tidies a run's folder after a process that was killed, where nobody trains into it and it can be written to: for commands that
 * read the run, which they can do anyway.
 */
export async function tidyRun(folder: string): Promise<void> {
  if (!(await isLeftUntidy(folder).catch(() => false))) return
  const lock = await lockRun(folder).catch(() => undefined)
  await lock?.release()
}

/** @throws GanglionError when `out` holds something and `force` is not set */
export async function checkFolder(out: string | undefined, force: boolean): Promise<void> {
  if (out === undefined || force) return
  const held = await contentsOf(out)
  if (held.length > 0) throw notEmpty(out, held, 'choose another --out, or replace the run in it with --force')
}

/**
 * Locks `out`, or the first of runs/<model>, runs/<model>-2, … that is new or empty and that no other process has taken.
 * @throws GanglionError when `out` holds something and `force` is not set, or cannot be made; FolderInUse when it is taken
 */
export async function lockNewRun(out: string | undefined, model: string, force: boolean): Promise<RunLock> {
  for (let n = 1; out === undefined; n++) {
    const folder = join('runs', n === 1 ? model : `${model}-${n}`)
    const replaced = force && n === 1
    if (!replaced && (await contentsOf(folder)).length > 0) continue
    const lock = await lockRun(folder).catch((error) => {
      if (error instanceof FolderInUse && !replaced) return undefined
      throw error
    })
    if (!lock) continue
    // One that was faster may be done already.
    if (replaced || (await contentsOf(folder)).length === 0) return lock
    await lock.release()
  }
  const lock = await lockRun(out)
  try {
    await checkFolder(out, force)
  } catch (error) {
    await lock.release()
    throw error
  }
  return lock
}

/** Locks a folder, whatever it holds, and makes it where it is not there. */
export async function lockRun(path: string): Promise<RunLock> {
  const made = await makeFolder(path).catch((cause) => { throw failure('prepare run folder', path, cause) })
  const tidy = async () => { if (made !== undefined) await removeFolders(path, made) }
  const { check, release } = await lockFolder(path).catch(async (error) => {
    await tidy()
    throw error
  })
  const lock = {
    path,
    check,
    async release() {
      await release()
      await tidy()
    },
  }
  const recovered = async () => {
    await recover(path)
    if (await keepsBest(path)) await tidyRun(join(path, BEST))
  }
  await recovered().catch(async (error) => {
    await lock.release()
    throw error
  })
  return lock
}
