// What developers measure with: each program of bench/ runs, as short as it can, and says in a sentence what it was given wrong.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const node20 = process.versions.node.startsWith('20.')

const folder = mkdtempSync(join(tmpdir(), 'ganglion-programs-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(program: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['tools/run.mjs', `bench/${program}.ts`, ...args], { encoding: 'utf8' })
}

const SAME = /^\| vae \| .* \| same \|$/m
const SHORT: readonly (readonly [program: string, args: string, line: RegExp])[] = [
  ['profile', 'vae --batch-size 16 --steps 3', /^\| [\d.]+ \| [\d.]+ % \| [\d.]+ \| \d+ % \| [\d.]+ \| [\d.]+ \| 1 \| matmul /m],
  ['models', '--models vae --batches 16 --threads 1,2 --windows 1 --window-ms 1', /^\| vae \| 16 \| 2 \| /m],
  ['kernels', 'relu --ms 1', /^\| relu \S+ \| /m],
  ['gemm', '--windows 1', /^\| 1024×128×1024 Aᵀ \| [\d.]+ \| [\d.]+ \| \d+ % /m],
  ['threads', '--models vae --windows 1 --window-ms 1', /^\| vae \| /m],
  ['shares', 'vae --batch-size 16 --rounds 1', /of the [\d.-]+ ms lost: /],
  ['compare', 'build/ganglion-threads.wasm build/ganglion-threads.wasm vae --threads 2 --windows 3 --window-ms 1', SAME],
  ['compare', '--commits . . vae --threads 2 --windows 3 --window-ms 1', SAME],
  ['start', '--runs 1', /^\| \d+\.\d+\.\d+ \| /m],
  ['memory', '--models vae --batch 16 --threads 1,2 --contestants ganglion --steps 2', /^\| vae \| ganglion 1 thread \| \d+ \| – \|$/m],
  ['growth', `--models vae --windows 1 --window-ms 1 --out ${folder}`, /^\| 60000 \| /m],
  ['peers/main', '--models vae --quick --threads 1 --contestants ganglion', /^\| vae \| 8 \| ganglion wide 1 thread \| |^- ganglion /m],
]

describe('runs', { timeout: 120_000 }, () => {
  it.each(SHORT)('%s %s', (program, args, line) => {
    const { status, stdout, stderr } = run(program, ...args.split(' '))
    expect(stderr.split('\n').filter((text) => /error|^ +at /i.test(text)), stderr).toEqual([])
    expect(stdout).toMatch(line)
    expect(status).toBe(0)
  })

  it('writes JSON that names the build, the commit and the machine', () => {
    const file = join(folder, 'gemm.json')
    expect(run('gemm', '--windows', '1', ...(node20 ? [] : ['--relaxed']), '--json', file).status).toBe(0)
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
    ['profile', 'vea', 'name a model: autoencoder, vae, gan, dcgan'],
    ['profile', 'vae --steps none', '--steps expected positive integers with commas between, got "none"'],
    ['threads', '--models vae,gna', 'name a model: autoencoder, vae, gan, dcgan'],
    ['gemm', '--wdie', "Unknown option '--wdie'"],
    ...(node20 ? [['gemm', '--wide', 'wide vectors are not available: ']] : []),
    ['peers/main', '--models vae --contestants tfsj', "bench:peers: no contestant is called 'tfsj'; there are: ganglion 1 "],
  ])('%s %s', (program, args, sentence) => {
    const { status, stdout, stderr } = run(program, ...args.split(' '))
    expect(stderr).toContain(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })
})
