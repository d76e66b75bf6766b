// What is made of a commit, in a repository of the test's own: also where a run was interrupted in the middle of it.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeEach, expect, it } from 'vitest'

const root = mkdtempSync(join(tmpdir(), 'ganglion-worktree-'))
afterAll(() => rmSync(root, { recursive: true }))
const program = join(root, 'worktree.mjs')
buildSync({ entryPoints: [resolve('bench/worktree.ts')], bundle: true, platform: 'node', format: 'esm', outfile: program })

let repository: string
let commit: string
const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
const at = (...path: string[]) => join(repository, 'build/commits', ...path)
const worktrees = () => git('worktree', 'list').split('\n').length

beforeEach(() => {
  repository = mkdtempSync(join(root, 'repository-'))
  git('init', '--quiet')
  writeFileSync(join(repository, 'text'), 'of the commit')
  git('add', '.')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message', 'one')
  commit = git('rev-parse', 'HEAD')
  mkdirSync(at(), { recursive: true })
  mkdirSync(join(repository, 'node_modules'))
})

/** Makes two files of the commit; `middle` runs between them. */
function made(middle = ''): { status: number | null, stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { madeAt } from '${program}'
    const files = ['a', 'b'].map((name) => 'build/commits/' + name)
    await madeAt('${commit}', 'build/commits/${commit}', files, (folder, [a, b]) => {
      writeFileSync(a, readFileSync(folder + '/text'))
      ${middle}
      writeFileSync(b, 'b')
    })`], { cwd: repository, encoding: 'utf8' })
  return { status, stderr }
}
function expectWhole(): void {
  expect(made()).toEqual({ status: 0, stderr: '' })
  expect(readdirSync(at()).sort()).toEqual(['a', 'b'])
  expect(readFileSync(at('a'), 'utf8')).toBe('of the commit')
  expect(worktrees()).toBe(1)
}

it('leaves the files and nothing else, and does not make them twice', () => {
  expectWhole()
  expect(made('throw new Error("again")')).toEqual({ status: 0, stderr: '' })
})

it.each([
  ['was killed between two files', () => void made('process.kill(process.pid, "SIGKILL")')],
  ['was killed while git made the worktree', () => void git('worktree', 'add', '--detach', '--lock', at(commit), commit)],
  ['left a folder that git does not know', () => {
    mkdirSync(at(commit))
    writeFileSync(at(commit, 'text'), 'half')
  }],
  ['left a worktree whose folder is gone', () => {
    git('worktree', 'add', '--detach', '--lock', at(commit), commit)
    rmSync(at(commit), { recursive: true })
  }],
])('makes it again where a run %s', (_, interrupt) => {
  interrupt()
  expect(existsSync(at(commit)) || worktrees() > 1).toBe(true)
  expect(existsSync(at('b'))).toBe(false)
  expectWhole()
})

it('says what went wrong, and leaves nothing', () => {
  expect(made('throw new Error("no such compiler")').stderr).toMatch(
    /GanglionError: bench: [0-9a-f]{12} could not be built with the packages of this checkout \(no such compiler\); choose another/)
  expect(readdirSync(at())).toEqual([])
  expect(worktrees()).toBe(1)
})
