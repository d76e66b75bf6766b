// Builds everything: the wasm cores, their inlined copy, and the TypeScript. A compiler warning is an error.
// Invariants: cores are compiled when anything they are made from has changed, and only then; dist is replaced whole, so
// no stale file stays, and only after a build without errors. `node tools/build.mjs core` stops after the cores.
import { spawn } from 'node:child_process'
import {
  chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateRawSync } from 'node:zlib'
import { DIST_STAMP, distSources, hashOf } from './sources.mjs'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))

/** The cores' files in build/ and in the package, by asconfig.json's targets. */
const CORES = {
  simd: 'ganglion.wasm',
  relaxed: 'ganglion-relaxed.wasm',
  threads: 'ganglion-threads.wasm',
  'relaxed-threads': 'ganglion-relaxed-threads.wasm',
}
/** Their inlined copies in src/runtime: modules of their own, of which only the first is loaded unless asked for. */
const INLINED = { simd: 'core', relaxed: 'cores/relaxed', threads: 'cores/threads', 'relaxed-threads': 'cores/relaxed_threads' }
const STAMP = 'build/cores.sha256'
const CLI = 'dist/cli/main.js'

/** The core's entry files: the tape loop and every file of kernels. */
const kernels = readdirSync('assembly/kernels').filter((file) => file.endsWith('.ts')).sort()
const entries = ['assembly/tape.ts', ...kernels.map((file) => `assembly/kernels/${file}`)]
const entriesOf = (target) => (target.endsWith('threads') ? [...entries, 'assembly/threads.ts'] : entries)

/** Runs a compiler; throws when it fails or warns. */
function compile(name, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said += data })
    child.on('error', reject)
    child.on('close', (code) => {
      if (said) process.stderr.write(said)
      if (code !== 0 || /\b(WARNING|ERROR)\b/.test(said)) reject(new Error(`${name} failed`))
      else resolve()
    })
  })
}

/** A hash of all that the cores are made from. */
const sources = () => hashOf('assembly', 'asconfig.json', 'node_modules/assemblyscript/package.json')

async function cores() {
  const outputs = Object.values(CORES).map((file) => `build/${file}`)
  const wanted = sources()
  const fresh = [STAMP, ...outputs].every((file) => existsSync(file)) && readFileSync(STAMP, 'utf8') === wanted
  if (fresh) return
  rmSync(STAMP, { force: true })
  const asc = 'node_modules/assemblyscript/bin/asc.js'
  const build = (target) => compile(`asc, target ${target},`, [asc, ...entriesOf(target), '--target', target])
  await Promise.all(Object.keys(CORES).map(build))
  writeFileSync(STAMP, wanted)
}

function inline() {
  for (const [target, module] of Object.entries(INLINED)) {
    const file = `src/runtime/${module}.generated.ts`
    const base64 = deflateRawSync(readFileSync(`build/${CORES[target]}`), { level: 9 }).toString('base64')
    const text = `// Written by tools/build.mjs: ${CORES[target]}, deflated, base64.\nexport const core = '${base64}'\n`
    replace(file, text)
  }
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  replace('src/version.generated.ts', `// Written by tools/build.mjs from package.json.\nexport const version = '${version}'\n`)
}

/** Writes a file only where it changes. */
function replace(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

async function dist() {
  const made = 'build/dist'
  const wanted = distSources()
  rmSync(made, { recursive: true, force: true })
  await compile('tsc', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', made, '--noEmitOnError'])
  for (const file of Object.values(CORES)) copyFileSync(`build/${file}`, `${made}/${file}`)
  rmSync(DIST_STAMP, { force: true })
  rmSync('dist', { recursive: true, force: true })
  renameSync(made, 'dist')
  if (existsSync(CLI)) chmodSync(CLI, 0o755)
  writeFileSync(DIST_STAMP, wanted)
}

for (const folder of ['build', 'src/runtime/cores']) mkdirSync(folder, { recursive: true })
try {
  await cores()
  inline()
  if (process.argv[2] !== 'core') await dist()
} catch (error) {
  console.error(`build: ${error.message}`)
  process.exitCode = 1
}
