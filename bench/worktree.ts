// A commit's files in a folder of their own, for as long as work needs them. Invariant: what an interrupted run left there
// is no hindrance, and what is made of a commit has its name only when it is whole.
import { execFileSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GanglionError } from '../src/errors.ts'

/**
 * Has `work` make `files` of a commit, each under the name that it is given for it, unless all of them are there.
 * @param folder where the commit's files are meanwhile
 * @throws GanglionError where they cannot be made
 */
export async function madeAt(
  commit: string, folder: string, files: readonly string[], work: (folder: string, unfinished: readonly string[]) => unknown,
): Promise<void> {
  if (files.every((file) => existsSync(file))) return
  const unfinished = files.map((file) => `${file}.unfinished`)
  const git = (...args: string[]) => execFileSync('git', ['worktree', ...args], { stdio: 'pipe' })
  const clear = () => {
    // Forced twice: git locks a worktree until it is whole.
    try {
      git('remove', '--force', '--force', folder)
    } catch { /* it is none of git's */ }
    for (const path of [folder, ...unfinished]) rmSync(path, { recursive: true, force: true })
  }
  clear()
  try {
    git('add', '--detach', folder, commit)
    // The compilers of this checkout: a commit's own would take a download.
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
    await work(folder, unfinished)
    files.forEach((file, i) => renameSync(unfinished[i]!, file))
  } catch (cause) {
    throw new GanglionError(`bench: ${commit.slice(0, 12)} could not be built with the packages of this checkout ` +
      `(${(cause as Error).message.split('\n')[0]}); choose another commit, or look at what its build said`, { cause })
  } finally {
    clear()
  }
}
