// Compiles the wasm cores and writes their inlined copies, base64 of raw deflate, for src/runtime. A warning is an error.
// Invariant: a core is compiled when it is asked for and missing, or older than what it is made from. One that is neither
// asked for nor up to date is removed, and its inlined copy is an empty text, so that no build holds a stale core.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { compile } from './compile.mjs'
import { hashOf } from './sources.mjs'

/** The core of exported models: its kernels are those of `simd`, and src/export/wasm takes what a model needs. */
const STANDALONE = 'standalone'

/** By asconfig.json's targets: their files in build/, and but for the standalone one in the package. */
export const CORES = Object.fromEntries(['simd', 'threads', 'wide', 'wide-threads', 'relaxed', 'relaxed-threads', 'relaxed-wide',
  'relaxed-wide-threads', STANDALONE].map((target) => [target, `ganglion${target === 'simd' ? '' : `-${target}`}.wasm`]))

/** V8 makes vectors of 256 bits here (src/runtime/wide.ts), so the command line takes the wide cores. */
const wideHere = process.arch === 'x64' && Number.parseInt(process.versions.node) >= 24

/** What the command line takes on this machine unless it is told otherwise. */
const USUAL = ['simd', 'threads', STANDALONE, ...(wideHere ? ['wide', 'wide-threads'] : [])]

/** The targets that words name: targets, or `all`; the usual ones by none. The default entry needs `simd` in any case. */
export function targetsOf(words) {
  const unknown = words.find((word) => word !== 'all' && !Object.hasOwn(CORES, word))
  if (unknown) throw new Error(`there is no core '${unknown}'; the cores are ${Object.keys(CORES).join(', ')}, or all`)
  if (words.includes('all')) return Object.keys(CORES)
  return words.length ? [...new Set(['simd', ...words])] : USUAL
}

/** Files of cores for the package that are there, and made from these sources. */
export const freshCores = () => {
  const wanted = sources()
  return Object.keys(CORES).filter((target) => target !== STANDALONE && isFresh(target, wanted)).map((target) => CORES[target])
}

/** @param {string[]} targets those that are asked for */
export async function buildCores(targets) {
  mkdirSync('build', { recursive: true })
  const wanted = sources()
  const missing = targets.filter((target) => !isFresh(target, wanted))
  await inTurn(missing, (target) => compileCore(target))
  for (const target of missing) {
    const packed = await deflated(target, readFileSync(`build/${CORES[target]}`))
    writeInlined(target, Buffer.from(packed).toString('base64'))
    writeFileSync(stampOf(target), wanted)
  }
  for (const target of Object.keys(CORES).filter((name) => !isFresh(name, wanted))) {
    for (const file of [stampOf(target), `build/${CORES[target]}`]) rmSync(file, { force: true })
    writeInlined(target, '')
  }
}

/**
 * Every page downloads the default entry's core, so that one is worth Zopfli's second of search: 15.6 kB, where zlib
 * makes 16.8. The others are loaded when asked for.
 */
async function deflated(target, bytes) {
  if (target !== 'simd') return deflateRawSync(bytes, { level: 9 })
  const { default: zopfli } = await import('@gfx/zopfli')
  return zopfli.deflateAsync(bytes, { numiterations: 3 })
}

/** The core's entry files: the tape loop, what looks at values, and every file of kernels. */
function entriesOf(target) {
  const filesOf = (folder) => readdirSync(folder).filter((file) => file.endsWith('.ts')).sort().map((file) => `${folder}/${file}`)
  const entries = ['assembly/tape.ts', 'assembly/finite.ts', ...filesOf('assembly/kernels')]
  if (target === STANDALONE) return [...entries, ...filesOf('assembly/standalone')]
  return target.endsWith('threads') ? [...entries, 'assembly/threads.ts'] : entries
}

const compileCore = (target) => compile(
  `asc, target ${target},`, ['node_modules/assemblyscript/bin/asc.js', ...entriesOf(target), '--target', target],
)

/** As many at once as the machine runs: a core takes one processor and half a gigabyte. */
async function inTurn(items, work) {
  const left = [...items]
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    while (left.length) await work(left.shift())
  }))
}

/** A hash of all that cores are made from. */
const sources = () => hashOf('assembly', 'asconfig.json', 'tools/cores.mjs', 'node_modules/assemblyscript/package.json')

const stampOf = (target) => `build/${CORES[target]}.sha256`
const isFresh = (target, wanted) =>
  [stampOf(target), `build/${CORES[target]}`, inlined(target)].every((file) => existsSync(file)) &&
  readFileSync(stampOf(target), 'utf8') === wanted

/** Modules of their own, of which only the first is loaded unless asked for. */
const inlined = (target) => `src/runtime/${target === 'simd' ? 'core' : `cores/${target.replaceAll('-', '_')}`}.generated.ts`

/** Writes the module unless it says so already. */
function writeInlined(target, text) {
  const file = inlined(target)
  const what = text ? `${CORES[target]}, base64 of raw deflate` : `${CORES[target]} is not in this build`
  const module = `// Written by tools/cores.mjs: ${what}.\nexport const core: string = '${text}'\n`
  mkdirSync(dirname(file), { recursive: true })
  if (!existsSync(file) || readFileSync(file, 'utf8') !== module) writeFileSync(file, module)
}
