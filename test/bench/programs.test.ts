// Each command of `npm run bench` runs, as short as it can, and says in a sentence what it was given wrong.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { modelNames } from '../../src/models/kinds.ts'

const node20 = process.versions.node.startsWith('20.')

const folder = mkdtempSync(join(tmpdir(), 'ganglion-programs-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['tools/run.mjs', 'bench/main.ts', ...args], { encoding: 'utf8' })
}

const SHORT: readonly (readonly [args: string, line: RegExp])[] = [
  ['profile vae --batch-size 16 --steps 3', /^\| [\d.]+ \| [\d.]+ % \| [\d.]+ \| \d+ % \| [\d.]+ \| [\d.]+ \| 1 \| matmul /m],
  ['profile vae --batch-size 16 --steps 3 --threads 2', /^\| [\d.]+ \| [\d.]+ % \| \d+ % \| [\d.]+ \| \d+ % \| .* \| matmul /m],
  ['kernels relu --ms 1', /^\| relu \[4000000\] \| .* \| \d+ % \(\d+–\d+\) \| [\d.]+ \|$/m],
  ['threads vae --windows 1 --window-ms 1', /^\| vae \| /m],
  ['compare . . vae --batch-size 16 --threads 2 --windows 3 --window-ms 1', /^\| vae \| 16 \| .* \| same \|$/m],
  ['start --runs 1', /^\| \d+\.\d+\.\d+ \| /m],
  ['state --hidden 10 --runs 1', /^\| digest\(\) \| \. \| [\d.]+ /m],
  ['memory vae --batch-size 16 --threads 1,2', /^\| vae \| 16 \| 2 \| [\d.]+ \| [\d.]+ \| 1\.\d+ \|$/m],
  [`growth vae --windows 1 --window-ms 1 --out ${folder}`, /^\| 60000 \| /m],
  ['pictures --count 40 --distinct 3 --side 48 --size 16 --turns 1', /^\| ganglion \| \d+ \(\d+–\d+\) \| \d+\.\d+ /m],
  ['compile vae sngan32 --threads 1 --times 1', /^\| sngan32 \| 16 \| 1 \| \d+ \| .* \| \d+ \| 1?\d{5} \| [\d.]+ \|$/m],
  ['resident . cvae64 --steps 1', /^\| cvae64 \| step 1 \| \d+ \| \d+ \|$/m],
  ['checkpointing dcgan --windows 1', /^\| dcgan \| 128 \| .* \| same \|$/m],
  [`real cvae64 --steps 1 --sides 32 --depths 1,2 --out ${folder}`, /^\| 2 \| [\d.]+ \| .* \| \d+ \|$/m],
  ['train autoencoder --epochs 1 --runs 1', /^\| processor \| /m],
  ['sweep --runs 2 --epochs 1 --jobs 2', /^killed twice and gone on with: the same table$/m],
  [
    'peers vae --batch-size 8 --windows 2 --window-ms 30 --limit 15 --threads 1 --contestants ganglion',
    /^\| vae \| 8 \| ganglion wide 1 thread \| |^- ganglion /m,
  ],
]

describe('runs', { timeout: 120_000 }, () => {
  it.each(SHORT)('%s', (args, line) => {
    const { status, stdout, stderr } = run(...args.split(' '))
    expect(stderr.split('\n').filter((text) => /error|^ +at /i.test(text)), stderr).toEqual([])
    expect(stdout).toMatch(line)
    expect(status).toBe(0)
  })

  it('lists its commands, and the options of one', () => {
    const { stdout } = spawnSync('npm', ['run', '--silent', 'bench'], { encoding: 'utf8' })
    expect(run('--help')).toMatchObject({ stdout, status: 0 })
    const listed = [...stdout.matchAll(/^ {2}(\w+) +\S/gm)].map(([, name]) => name)
    const all =
      ['compare', 'profile', 'kernels', 'threads', 'memory', 'resident', 'compile', 'checkpointing', 'growth', 'real', 'start',
       'state', 'large', 'pictures', 'train', 'swarm', 'sweep', 'peers', 'quality', 'exports']
    expect(listed).toEqual(all)
    const usage = 'npm run bench -- start [NODE | COMMIT | DIST …] [--model vae] [--threads 1] '
    expect(run('start', '--help').stdout).toContain(usage)
  })

  it('writes JSON that names the build, the commit and the machine', () => {
    const file = join(folder, 'kernels.json')
    const relaxed = node20 ? [] : ['--relaxed']
    expect(run('kernels', 'softmax', '--ms', '1', ...relaxed, '--json', file).status).toBe(0)
    const { ganglion, commit, core, precision, wide, machine } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    expect({ ganglion, commit, core, wide }).toEqual({
      ganglion: expect.stringMatching(/^\d+\.\d+\.\d+/), commit: expect.stringMatching(/^[0-9a-f]{7,}\+?$/),
      core: expect.stringMatching(/^[0-9a-f]{64}$/), wide: false,
    })
    expect(precision).toBe(node20 ? 'deterministic' : 'relaxed')
    expect(machine).toMatchObject({ engine: expect.stringContaining('Node') })
  })
})

describe('refuses', () => {
  it.each([
    ['profle vae', 'bench: no command is called "profle"; there are: compare, profile, '],
    ['profile vea', `no model is called "vea"; there are: ${modelNames.join(', ')}`],
    ['profile', `profile: name one model, as in "profile ${modelNames[0]}"`],
    ['profile vae --steps none', '--steps expected a positive integer, got "none"'],
    ['memory vae --threads 1,two', '--threads expected positive integers with commas between, got "1,two"'],
    ['compare .', 'compare: give two commits, OLD NEW; . is this checkout as it stands'],
    ['compare . never', 'bench: git knows no commit "never"; give a hash, a branch, a tag, or . for this checkout'],
    ['kernels --wdie', "Unknown option '--wdie'"],
    ['kernels matmle', 'no op is called "matmle"; there are: '],
    ...(node20 ? [['kernels relu --wide', 'wide vectors are not available: ']] : []),
    ['peers vae --contestants tfsj', 'no contestant is called "tfsj"; there are: ganglion 1 '],
    ['peers vae --in crhomium', 'no browser is called "crhomium"; there are: chromium, firefox'],
    ['peers vae --in firefox --processor', '--processor counts the time of processes, which pages do not know: leave out '],
    ['quality dcgan', 'no recipe is called "dcgan"; there are: autoencoder, vae, gan'],
  ])('%s', (args, sentence) => {
    const { status, stdout, stderr } = run(...args.split(' '))
    expect(stderr).toContain(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })
})
