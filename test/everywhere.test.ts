// Odd places: other realms, engines without WebAssembly, Node's permissions, bundles without import.meta, no Web Crypto, no
// timers, and a dist that is gone once it was loaded.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { createRuntime, imageDataset, Model, vae } from '../src/entries/index.ts'
import { decodeUtf8, encodeUtf8 } from '../src/formats/utf8.ts'
import { built } from './dist.ts'

const dist = dirname(built('index.js'))
const folder = mkdtempSync(join(tmpdir(), 'ganglion-everywhere-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a program prints in a Node of its own. */
async function run(code: string, args: readonly string[] = [], where = dist): Promise<string> {
  const file = join(folder, `${Math.trunc(performance.now() * 1000)}.mjs`)
  writeFileSync(file, code.replaceAll('DIST', where))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args, file], { timeout: 60_000 })
  expect(stderr.replace(/\(?[^\n]*Warning:[^\n]*\n|\(Use `node[^\n]*\n/g, '')).toBe('')
  return stdout.trim()
}

const options = { hidden: 8, latent: 2, imageShape: [4, 4, 1] as const }
const images = Uint8Array.from({ length: 64 * 16 }, (_, i) => (i * 37) % 256)
/** The digest after an epoch here. */
async function trained(): Promise<string> {
  const model = await Model.create(await createRuntime(), vae(options), { seed: 3 })
  await model.fit(imageDataset({ images, shape: [4, 4, 1] }), { batchSize: 16 })
  return model.digest()
}
const TRAIN = `
  const images = Uint8Array.from({ length: 64 * 16 }, (_, i) => (i * 37) % 256)
  const model = await Model.create(await createRuntime(), vae({ hidden: 8, latent: 2, imageShape: [4, 4, 1] }), { seed: 3 })
  const data = imageDataset({ images, shape: [4, 4, 1] })
  await model.fit(data, { batchSize: 16 })`

test('a realm of its own, given values of this one, without Web Crypto, TextEncoder, MessageChannel and process', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './index.js'
        export * as files from './formats/safetensors.js'
        export * as idx from './formats/idx.js'
        export { createTrainer } from './worker/index.js'`,
      resolveDir: dist,
    },
    bundle: true, format: 'iife', globalName: 'ganglion', platform: 'browser', write: false, logLevel: 'silent',
  })
  // What a page's realm has of its own here is the language and WebAssembly; the rest is this realm's, as in jsdom.
  const others = { setTimeout, clearTimeout, atob, Blob, Response, DecompressionStream, performance, console, URL }
  const context = createContext(others)
  runInContext(outputFiles[0]!.text, context)
  const there = runInContext('ganglion', context)
  expect(runInContext('new Uint8Array()', context)).not.toBeInstanceOf(Uint8Array)
  const core = new Uint8Array(readFileSync(built('ganglion.wasm')))
  const expected = await trained()
  for (const given of [undefined, core, core.buffer, await WebAssembly.compile(core), new Response(core)]) {
    const model = await there.Model.create(await there.createRuntime({ core: given }), there.vae(options), { seed: 3 })
    await model.fit(there.imageDataset({ images, shape: [4, 4, 1], labels: new Int32Array(64) }), { batchSize: 16 })
    expect(await model.digest()).toBe(expected)
    const weights = new Map([...model.weights() as Map<string, { shape: number[], data: Float32Array }>]
      .map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]))
    expect(model.loadWeights(weights)).toMatchObject({ missing: [], unexpected: [] })
    model.loadState({ variables: new Map(model.state().variables), counters: Uint32Array.from(model.state().counters) })
    expect(await model.digest()).toBe(expected)
    const bytes = Uint8Array.from(there.files.encodeSafetensors(weights))
    expect(there.files.decodeSafetensors(bytes).tensors.size).toBe(weights.size)
  }
  expect(there.idx.parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 6)).shape).toEqual([2])
  // It has no workers, and does not know where its files lie.
  await expect(there.createTrainer({ model: { kind: 'vae' } })).rejects.toThrow(/^a worker cannot be started here \(.*\); give /)
})

test('UTF-8 without TextEncoder and TextDecoder is the same', () => {
  const texts = ['', 'a%20b%', 'ä→𝄞\0', 'half \ud834 a pair \udd1e', '\ufeffmark']
  const encoded = texts.map(encodeUtf8)
  const { TextEncoder: Encoder, TextDecoder: Decoder } = globalThis
  const given = [...encoded, Uint8Array.of(0xff), Uint8Array.of(0xc0, 0x80), Uint8Array.of(0xed, 0xa0, 0x80)]
  const decoded = (bytes: Uint8Array) => { try { return decodeUtf8(bytes) } catch { return null } }
  const expected = given.map(decoded)
  Object.assign(globalThis, { TextEncoder: undefined, TextDecoder: undefined })
  try {
    expect(texts.map(encodeUtf8)).toEqual(encoded)
    // But for the mark at the beginning, which only a decoder leaves out.
    expect(given.map(decoded).map((text) => text?.replace(/^\ufeff/, '') ?? null)).toEqual(expected)
  } finally {
    Object.assign(globalThis, { TextEncoder: Encoder, TextDecoder: Decoder })
  }
})

test("without Web Crypto and Node's own modules, and with timers that never fire", async () => {
  expect(await run(`
    process.getBuiltinModule = undefined
    Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues() {} } })
    globalThis.setTimeout = () => 0
    const { createRuntime, imageDataset, Model, vae } = await import('DIST/index.js')
    ${TRAIN}
    console.log(await model.digest())`)).toBe(await trained())
})

test('until a first digest nothing of cryptography is loaded', async () => {
  const loaded = JSON.parse(await run(`
    const { createRuntime, imageDataset, Model, vae } = await import('DIST/index.js')
    const loaded = () => process.moduleLoadList.filter((name) => /\\bcrypto\\b/.test(name)).length > 0
    const seen = [loaded()]
    ${TRAIN}
    seen.push(loaded())
    await model.digest()
    console.log(JSON.stringify([...seen, loaded()]))`))
  expect(loaded).toEqual([false, false, true])
})

test('without WebAssembly features say so, and createRuntime throws a sentence', async () => {
  const said = JSON.parse(await run(`
    import { createRuntime, features } from 'DIST/index.js'
    const errors = []
    for (const options of [{}, { threads: 2 }, { precision: 'relaxed' }, { core: Uint8Array.of(0, 97, 115, 109) }]) {
      errors.push(await createRuntime(options).catch(({ name, message }) => name + ': ' + message))
    }
    console.log(JSON.stringify({ features: features(), errors }))`, ['--jitless']))
  const reason = 'this engine has no WebAssembly, which Ganglion needs: it may be off (node --jitless, Lockdown Mode)'
  for (const name of ['simd', 'relaxedSimd', 'threads']) expect(said.features[name]).toEqual({ available: false, reason })
  for (const error of said.errors) expect(error).toMatch(/^GanglionError: .*this engine has no WebAssembly/)
})

test("under Node's permission model: what to allow", async () => {
  const flag = Number.parseInt(process.versions.node) < 24 ? '--experimental-permission' : '--permission'
  const said = await run(`
    import { createRuntime, features } from 'DIST/index.js'
    import { createTrainer } from 'DIST/worker/index.js'
    const message = ({ name, message }) => name + ': ' + message
    console.log(JSON.stringify([features().threads.reason, await createRuntime({ threads: 2 }).catch(message),
      (await createRuntime({ threads: 'auto' })).threadsReason, await createTrainer({ model: { kind: 'vae' } }).catch(message)]))
  `, [flag, '--allow-fs-read=*'])
  const [reason, runtime, auto, trainer] = JSON.parse(said)
  expect(reason).toBe("Node's permission model allows no workers; start it with --allow-worker")
  expect(runtime).toBe(`GanglionError: 2 threads are not available: ${reason}; with threads: 'auto' it would take one`)
  expect(auto).toBe(reason)
  expect(trainer).toMatch(/^GanglionError: a worker cannot be started here \(.*\); start Node with --allow-worker$/)
})

test("under Node's permission model: what to allow of files, which helps", async () => {
  const flag = Number.parseInt(process.versions.node) < 24 ? '--experimental-permission' : '--permission'
  const place = join(folder, 'allowed')
  mkdirSync(place)
  const tried = (path: string, ...flags: string[]) => run(`
    import { loadDataset, loadRun, saveRun } from 'DIST/node/index.js'
    import { createRuntime, Model, vae } from 'DIST/index.js'
    const message = ({ name, message }) => name + ': ' + message
    const model = await Model.create(await createRuntime(), vae({ hidden: 4, latent: 2 }))
    const saved = await saveRun(${JSON.stringify(path)}, model).then(() => 'saved', message)
    const loaded = await loadRun(${JSON.stringify(path)}).then(() => 'loaded', message)
    console.log(JSON.stringify([saved, loaded, await loadDataset(${JSON.stringify(path)}).catch(message)]))
  `, [flag, ...flags])
  const refused = (access: string) => expect.stringContaining("Node's permission model does not allow it; " +
    `start Node with --allow-fs-${access}=* or with --allow-fs-${access}= and the folder`)
  const some = [dirname(dist), folder].map((readable) => `--allow-fs-read=${readable}`)
  const [, loaded, data] = JSON.parse(await tried(join(tmpdir(), 'elsewhere'), ...some))
  expect([loaded, data]).toEqual([refused('read'), refused('read')])
  const [saved] = JSON.parse(await tried(place, '--allow-fs-read=*'))
  expect(saved).toEqual(refused('write'))
  const allowed = JSON.parse(await tried(place, '--allow-fs-read=*', '--allow-fs-write=*'))
  expect(allowed[0]).toBe('saved')
})

test('under a limit on virtual memory: what to do, which helps', async () => {
  writeFileSync(join(folder, 'limited.mjs'), `
    import { createRuntime, imageDataset, Model, vae } from '${dist}/index.js'
    const session = async (options) => { await (await createRuntime(options)).session() }
    const message = ({ name, message }) => name + ': ' + message
    for (const options of [{}, { threads: 2 }]) console.log(await session(options).then(() => 'made', message))`)
  const limited = async (flags: string) => {
    const command = `ulimit -v 9000000; exec '${process.execPath}' ${flags} '${join(folder, 'limited.mjs')}'`
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { timeout: 60_000 })
    return stdout.trim().split('\n')
  }
  const help = 'hold fewer models at a time, raise the limit on virtual memory (ulimit -v unlimited), ' +
    'or start Node with --disable-wasm-trap-handler'
  for (const error of await limited('')) {
    expect(error).toMatch(/^GanglionError: the system reserves no memory for a model \(.*\); /)
    expect(error).toContain(help)
  }
  expect((await limited('--disable-wasm-trap-handler'))[0]).toBe('made')
})

test('once it is loaded, nothing more is: undo, its explanation and a lost thread need no file', async () => {
  const copy = join(folder, 'dist')
  cpSync(dist, copy, { recursive: true })
  const said = JSON.parse(await run(`
    import { rmSync } from 'node:fs'
    import { createRuntime, imageDataset, Model, vae } from 'DIST/index.js'
    import { createWork, localCrew, trainTogether } from 'DIST/swarm/index.js'
    const data = imageDataset({ images: Uint8Array.from({ length: 256 * 784 }, (_, i) => (i * 37) % 256), shape: [28, 28, 1] })
    const runtime = await createRuntime({ threads: 2 })
    const bad = await Model.create(await createRuntime(), vae({ learningRate: 1e30 }))
    const lost = await Model.create(runtime, vae())
    const work = createWork(await Model.create(await createRuntime(), vae({ learningRate: 1e30 })), data, {
      batchSize: 32, microBatches: 2,
    })
    const steps = trainTogether(work, localCrew(work), { epochs: 9 })
    await steps.next()
    rmSync('${copy}', { recursive: true })
    const message = ({ name, message }) => name + ': ' + message
    const explained = await bad.fit(data, { epochs: 9 }).then(String, message)
    const together = await (async () => { for await (const _ of steps); })().then(String, message)
    const finite = [...bad.state().variables.values()].every((values) => values.every(Number.isFinite))
    runtime.pool.kill(0)
    const recovered = await lost.fit(data, { epochs: 9 }).then(String, message)
    await lost.fit(data, { epochs: 1 })
    console.log(JSON.stringify({ explained, together, finite, recovered, digest: await lost.digest() }))`, [], copy))
  expect(said.explained).toMatch(/^TrainingError: training stopped at step \d+: the op '\w+'/)
  expect(said.together).toMatch(/^TrainingError: training stopped at step \d+: the op '\w+'/)
  expect(said.finite).toBe(true)
  expect(said.recovered).toMatch(/^TrainingError: a worker thread ended \(.*\); from here on one thread does the work; training stopped/)
  expect(said.digest).toMatch(/^[0-9a-f]{64}$/)
})

test('the entries load later what CONTRIBUTING says, and nothing else', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  const call = /(?<!^\s*(?:\/\/|\*).*)\bimport\(\s*(?:\/\*.*?\*\/\s*)*([^)]*)\)/gm
  const loads = files.filter((name) => name.endsWith('.js') && !name.startsWith('cli'))
    .flatMap((name) => [...readFileSync(join(dist, name), 'utf8').matchAll(call)])
    .map(([, what]) => what!.replace(/["']/g, '').replace(/^.*\//, '').trim().replace(/-[A-Z0-9]{8}\.js$|\.js$/, ''))
  expect([...new Set(loads)].sort()).toEqual([
    // Cores, before there is a session.
    'ganglion-relaxed.wasm', 'ganglion-relaxed.wasm?module', 'optional_cores', 'relaxed.generated', 'relaxed_threads.generated',
    'relaxed_wide.generated', 'relaxed_wide_threads.generated', 'threads.generated', 'wide.generated', 'wide_threads.generated',
    // With the core, or before the first step.
    'accumulate', 'checkpointing', 'core_source', 'faster', 'software_sha256',
    // Decoders of pictures, by the kind of file.
    'jpeg', 'png', 'webp',
    // Writers of export formats, and the packages that two of them want.
    'npz', 'write', 'binaryen', 'wasm-tools',
    // The client of NATS: an optional package in Node, a part of dist for pages that join a run.
    'transport-node', 'jetstream', 'kv', 'volunteer',
    // The user's own.
    'module', 'pathToFileURL(file',
  ].sort())
})
