// The one commit point of a run folder. What belongs together is written to temporaries and synced; then one rename, of a
// journal that names them, makes all of it valid; then they get their names. Who finds a journal reads through it; who has the
// folder finishes it. Invariant: at any moment there is all of the last commit, and at most pieces of a next one that count for
// nothing.
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GanglionError } from '../errors.ts'
import { entryAt, failure, ID, newId, syncFolder, temporaryOf, writeSynced } from './files.ts'
import { readRegular, readText } from './read.ts'
import { BEST, isRunFile, JOURNAL, look, SAMPLES } from './run_files.ts'

export interface Change {
  /** Contents by names from the folder: files of a run, and pictures in `samples`, which has to be there. */
  readonly files: ReadonlyMap<string, Uint8Array | string>
  /** Files of an earlier run that go. */
  readonly removed?: readonly string[]
}

/** A commit whose files may have their names or not yet. */
interface Journal {
  /** That of the temporaries. */
  readonly id: string
  readonly files: readonly string[]
  readonly removed: readonly string[]
}

/**
 * Replaces files of a run together.
 * @throws GanglionError when one cannot be written; the temporaries are then removed and all is as it was before
 */
export async function commit(folder: string, { files, removed = [] }: Change): Promise<void> {
  await finish(folder)
  const journal: Journal = { id: newId(), files: [...files.keys()], removed: removed.filter((name) => !files.has(name)) }
  const all = new Map(files).set(JOURNAL, `${JSON.stringify(journal)}\n`)
  const path = (name: string) => join(folder, name)
  const temporary = (name: string) => temporaryOf(path(name), journal.id)
  let at = ''
  try {
    for (const [name, data] of all) {
      at = path(name)
      await writeSynced(temporary(name), data)
      // After the commit it could not be finished.
      if ((await entryAt(at))?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    }
    for (const place of new Set([...all.keys()].map((name) => dirname(path(name))))) await syncFolder(place)
    await rename(temporary(JOURNAL), path(JOURNAL))
  } catch (cause) {
    for (const name of all.keys()) await rm(temporary(name), { force: true }).catch(() => {})
    throw failure('write', at, cause)
  }
  await finish(folder)
}

/** Finishes a commit that there is, if any: its files get their names. */
async function finish(folder: string): Promise<void> {
  const journal = await readJournal(folder)
  if (!journal) return
  let at = folder
  try {
    await syncFolder(folder)
    // Whoever put a link in the place of a folder gets nothing into it.
    const inner: string[] = []
    for (const name of [SAMPLES, BEST]) if ((await entryAt(join(folder, name)))?.isDirectory()) inner.push(name)
    const reached = (name: string) => !name.includes('/') || inner.includes(dirname(name))
    for (const name of journal.files.filter(reached)) {
      at = join(folder, name)
      await rename(temporaryOf(at, journal.id), at).catch(ignoring('ENOENT'))
    }
    for (const name of journal.removed.filter(reached)) await rm(at = join(folder, name), { force: true })
    for (const name of inner) await syncFolder(join(folder, name))
    await syncFolder(folder)
    await rm(at = join(folder, JOURNAL))
    await syncFolder(folder)
  } catch (cause) {
    throw failure('write', at, cause)
  }
}

/**
 * Finishes what a process that was killed had committed, and removes what it had not. For who has the folder's lock.
 * @throws GanglionError when it cannot, or anything is in the way of a run's files
 */
export async function recover(folder: string): Promise<void> {
  await finish(folder)
  for (const name of (await look(folder)).temporaries) {
    await rm(join(folder, name), { force: true }).catch((cause) => { throw failure('remove', join(folder, name), cause) })
  }
}

/** What a folder's files are, whether their commit is finished or not. */
export interface View {
  /** Another where there was a commit in between. */
  readonly id: string | undefined
  /** The bytes of a file, not more than `most`; undefined where there is none. @throws as `readRegular` does */
  read(name: string, most?: number): Promise<Uint8Array | undefined>
}

export async function viewOf(folder: string): Promise<View> {
  const journal = await readJournal(folder)
  const bytes = (path: string, most?: number) => readRegular(path, most).catch(ignoring('ENOENT', 'ENOTDIR'))
  return {
    id: journal?.id,
    async read(name, most) {
      if (journal?.removed.includes(name)) return undefined
      const committed = journal?.files.includes(name)
      const temporary = committed ? await bytes(temporaryOf(join(folder, name), journal!.id), most) : undefined
      return temporary ?? await bytes(join(folder, name), most)
    },
  }
}

const ignoring = (...codes: string[]) => (error: NodeJS.ErrnoException): undefined => {
  if (!codes.includes(error.code ?? '')) throw error
}

/** A folder may be a stranger's: what is no commit of a run is refused, so that nothing outside of the folder is reached. */
async function readJournal(folder: string): Promise<Journal | undefined> {
  const path = join(folder, JOURNAL)
  const damaged = (cause?: unknown) => new GanglionError(`"${path}" is damaged: it is not what a run writes; ` +
    'copy the run again, or delete it', { cause })
  let text: string
  try {
    const entry = await entryAt(path)
    if (!entry) return undefined
    if (!entry.isFile()) throw damaged()
    // A name for each picture of an earlier run.
    text = await readText(path, Infinity)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // Finished meanwhile, or no folder at all.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw cause instanceof GanglionError ? cause : failure('read', path, cause)
  }
  let found: Partial<Record<keyof Journal, unknown>> | null
  try {
    found = JSON.parse(text) as typeof found
  } catch (cause) {
    throw damaged(cause)
  }
  const { id, files, removed } = found ?? {}
  const names = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === 'string' && isRunFile(name))
  if (typeof id === 'string' && ID.test(id) && names(files) && names(removed)) return found as Journal
  throw damaged()
}
