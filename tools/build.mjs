// Builds everything: the wasm cores, their inlined copies, the bundled JavaScript and its types. A warning is an error.
// Invariants: cores are compiled when anything they are made from has changed, and only then; dist is replaced whole, so
// no stale file stays, and only after a build without errors. `node tools/build.mjs core` stops after the cores.
import { spawn } from 'node:child_process'
import {
  chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { library } from './library.mjs'
import { pack } from './pack.mjs'
import { withoutObjects } from './sections.mjs'
import { DIST_STAMP, distSources, hashOf } from './sources.mjs'
import { thinned } from './thin.mjs'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))

/** The cores, by asconfig.json's targets: their files in build/ and in the package, and their inlined copies in src/runtime. */
const CORES = Object.fromEntries(['simd', 'wide', 'threads', 'wide-threads', 'relaxed', 'relaxed-wide', 'relaxed-threads',
  'relaxed-wide-threads'].map((target) => [target, `ganglion${target === 'simd' ? '' : `-${target}`}.wasm`]))
/** Modules of their own, of which only the first is loaded unless asked for. */
const inlined = (target) =>
  `src/runtime/${target === 'simd' ? 'core' : `cores/${target.replaceAll('-', '_')}`}.generated.ts`
const UNPACKER = 'src/runtime/unpacker.generated.ts'
const STAMP = 'build/cores.sha256'
const CLI = 'dist/cli/main.js'

/**
 * Files of dist that are loaded by their names. What they share, or load when asked for, goes to dist/runtime. Their order
 * decides, by esbuild's bits, in which order a file imports what it shares: the inlined core comes before all code, which
 * gzip makes 0.8 kB of, because text that lies around it is then together.
 */
const ENTRIES = [
  'runtime/core.generated', 'entries/index', 'node/index', 'cli/main', 'worker/serve', 'worker/trainer',
  'entries/slim', 'entries/workerd', 'entries/edge_light', 'runtime/threads/thread', 'worker/index', 'verify/index',
  'verify/workerd', 'verify/edge_light', 'entries/api',
  'bench/index', 'formats/safetensors', 'formats/idx',
]

/** Entries that need nothing of the library, or so little that it has a file of its own. */
const APART = ['runtime/core.generated', 'runtime/threads/thread', 'worker/index', 'formats/safetensors', 'formats/idx']
/** Modules that are loaded when asked for, by what has loaded the library. */
const ON_DEMAND = ['runtime/core_source', 'runtime/threads/pool', 'train/replay']
/** Where an entry lies in dist: those of src/entries at its top, and the threads' file beside the chunks. */
const inDist = (entry) => entry.replace('entries/', '').replace('threads/', '')

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
const sources = () => hashOf(
  'assembly', 'asconfig.json', 'tools/build.mjs', 'tools/order.mjs', 'tools/pack.mjs', 'tools/sections.mjs',
  'node_modules/assemblyscript/package.json',
)

async function cores() {
  const outputs = [UNPACKER, ...Object.keys(CORES).flatMap((target) => [`build/${CORES[target]}`, inlined(target)])]
  const wanted = sources()
  const fresh = [STAMP, ...outputs].every((file) => existsSync(file)) && readFileSync(STAMP, 'utf8') === wanted
  if (fresh) return
  rmSync(STAMP, { force: true })
  const asc = 'node_modules/assemblyscript/bin/asc.js'
  const build = (target, files = entriesOf(target)) => compile(`asc, target ${target},`, [asc, ...files, '--target', target])
  await Promise.all([build('unpack', ['assembly/unpack.ts']), ...Object.keys(CORES).map((target) => build(target))])
  // Binaryen takes a quarter of a second to load, so only when there is something to build.
  const { ordered } = await import('./order.mjs')
  for (const [target, core] of Object.entries(CORES)) {
    const file = `build/${core}`
    if (!target.endsWith('threads')) writeFileSync(file, withoutObjects(readFileSync(file)))
    // Of the core that every page downloads: it takes two seconds for its 4 %.
    if (target === 'simd') writeFileSync(file, ordered(readFileSync(file)))
  }
  writeUnpacker()
  Object.keys(CORES).forEach(inline)
  writeFileSync(STAMP, wanted)
}

/** What unpacks the cores, a core itself: as base64, since it is small. */
function writeUnpacker() {
  writeText(UNPACKER, 'unpacker', 'unpack.wasm, base64', readFileSync('build/unpack.wasm').toString('base64'))
}

function inline(target) {
  writeText(inlined(target), 'core', `${CORES[target]}, packed`, pack(readFileSync(`build/${CORES[target]}`)))
}

function writeText(file, name, what, text) {
  writeFileSync(file, `// Written by tools/build.mjs: ${what}.\nexport const ${name}: string = '${text}'\n`)
}

/** The package's version, for what runs where no file can be read. */
function writeVersion() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const text = `// Written by tools/build.mjs from package.json.\nexport const version: string = '${version}'\n`
  const file = 'src/version.generated.ts'
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

/**
 * Not minified, so that a stack trace can be read, but thinned: Node 24 imports it in 28.7 ms where it took 31.1. ASCII, because
 * V8 holds a text with any other character in two bytes each. A chunk that starts a worker looks for its file beside itself,
 * in dist/runtime.
 */
async function bundle(outdir) {
  const { warnings, outputFiles } = await build({
    entryPoints: Object.fromEntries(ENTRIES.map((entry) => [inDist(entry), `src/${entry}.ts`])),
    outdir, chunkNames: 'runtime/[name]-[hash]',
    bundle: true, splitting: true, format: 'esm', platform: 'neutral', target: 'es2022', charset: 'ascii',
    packages: 'external', external: ['node:*', '*.wasm', '*.wasm?module'], legalComments: 'none', write: false,
    plugins: [library([...ENTRIES.filter((entry) => !APART.includes(entry)), ...ON_DEMAND])],
  })
  if (warnings.length) throw new Error('esbuild warns')
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, thinned(text))
  }
}

async function dist() {
  const made = 'build/dist'
  const wanted = distSources()
  rmSync(made, { recursive: true, force: true })
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--emitDeclarationOnly', '--noEmitOnError']
  await Promise.all([compile('tsc', [...tsc, '--outDir', made]), bundle(made)])
  for (const file of Object.values(CORES)) copyFileSync(`build/${file}`, `${made}/${file}`)
  rmSync(DIST_STAMP, { force: true })
  rmSync('dist', { recursive: true, force: true })
  renameSync(made, 'dist')
  if (existsSync(CLI)) chmodSync(CLI, 0o755)
  writeFileSync(DIST_STAMP, wanted)
}

for (const folder of ['build', 'src/runtime/cores']) mkdirSync(folder, { recursive: true })
try {
  writeVersion()
  await cores()
  if (process.argv[2] !== 'core') await dist()
} catch (error) {
  console.error(`build: ${error.message}`)
  process.exitCode = 1
}
