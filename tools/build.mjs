// Builds everything: the wasm cores, their inlined copy, and the TypeScript. A compiler warning is an error.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

/** The core's entry files: the tape loop and every file of kernels. */
const entries = ['assembly/tape.ts', ...readdirSync('assembly/kernels').filter((f) => f.endsWith('.ts')).sort().map((f) => `assembly/kernels/${f}`)]

/** The cores' targets in asconfig.json, and the file and words with which each is inlined. */
const cores = [
  { target: 'simd', wasm: 'ganglion', module: 'core', what: 'the deterministic core' },
  { target: 'relaxed', wasm: 'ganglion-relaxed', module: 'cores/relaxed', what: 'the relaxed core' },
  { target: 'threads', wasm: 'ganglion-threads', module: 'cores/threads', what: 'the deterministic core for shared memory' },
  { target: 'relaxed-threads', wasm: 'ganglion-relaxed-threads', module: 'cores/relaxed_threads', what: 'the relaxed core for shared memory' },
]

async function core(target) {
  const files = target.endsWith('threads') ? [...entries, 'assembly/threads.ts'] : entries
  const { error, stdout, stderr } = await asc.main([...files, '--target', target])
  const said = stdout.toString() + stderr.toString()
  if (said) process.stderr.write(said)
  if (error || /WARNING|ERROR/.test(said)) throw new Error(`asc failed on target ${target}`)
}

function inline({ wasm, module, what }) {
  const base64 = readFileSync(`build/${wasm}.wasm`).toString('base64')
  writeFileSync(`src/runtime/${module}.generated.ts`, `// Written by tools/build.mjs: ${what}, base64.\nexport const core = '${base64}'\n`)
}

function typescript() {
  rmSync('dist', { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('tsc failed')
}

for (const folder of ['build', 'src/runtime/cores']) mkdirSync(folder, { recursive: true })
try {
  const only = process.argv[2]
  for (const each of cores) {
    await core(each.target)
    inline(each)
  }
  if (only !== 'core') typescript()
} catch (error) {
  console.error(`build: ${error.message}`)
  process.exit(1)
}
