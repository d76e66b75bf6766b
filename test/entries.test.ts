// The entries as they are built: the same API in each, nothing that a runtime refuses at load, and cores from anywhere.
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as api from '../src/entries/index.ts'
import * as slim from '../src/entries/slim.ts'
import { edgeRuntime } from '../src/runtime/edge.ts'
import { built } from './dist.ts'

/** What it says for its own helpers. */
const ESBUILD = '<runtime>'
const DEFAULTS = ['index.js', 'workerd.js', 'edge_light.js']

/** All that an entry loads before it is asked for anything. */
async function bundled(entry: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [built(entry)], bundle: true, format: 'esm', platform: 'browser', write: false, metafile: true,
    external: ['*.wasm', '*.wasm?module'], logLevel: 'error',
    plugins: [{
      name: 'on-demand',
      setup: ({ onResolve }) => onResolve({ filter: /./ }, ({ kind, path }) => (
        kind === 'dynamic-import' ? { path, external: true } : undefined
      )),
    }],
  })
  const [output] = Object.values(metafile.outputs)
  return { text: outputFiles[0]!.text, exports: output!.exports.sort(), imports: output!.imports }
}

test('they are ASCII, comments too: V8 holds a text with any other character in two bytes each', () => {
  const dist = dirname(built('index.js'))
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  expect(files.filter((name) => /[^\0-\x7f]/.test(readFileSync(join(dist, name), 'utf8')))).toEqual([])
  expect(files).toContain('index.js')
})

test('they name no package but Node\'s, its dependencies, and those that are asked for where they are needed', async () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as
    Record<'dependencies' | 'peerDependencies', Record<string, string>>
  const allowed = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
  const dist = dirname(built('index.js'))
  const { metafile } = await build({
    entryPoints: readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
      .map((file) => join(dist, file)),
    bundle: true, format: 'esm', platform: 'node', packages: 'external', external: ['*.wasm', '*.wasm?module'],
    outdir: dist, write: false, metafile: true, logLevel: 'error',
  })
  const named = Object.entries(metafile.inputs).flatMap(([file, { imports }]) => (
    imports.filter(({ external, path }) => external && path !== ESBUILD).map(({ path }) => ({ file, path }))))
  expect(named.map(({ path }) => path)).toEqual(expect.arrayContaining(['node:fs', 'pngjs']))
  const packages = named.filter(({ path }) => !/^(node:|ganglion(\/|$))|\.wasm(\?module)?$/.test(path))
  expect(packages.filter(({ path }) => !allowed.some((each) => path === each || path.startsWith(`${each}/`)))).toEqual([])
})

describe.each(DEFAULTS)('%s', (entry) => {
  test('has the API of the default entry', async () => {
    expect((await bundled(entry)).exports).toEqual(Object.keys(api).sort())
  })

  test('imports no dependency, and says nothing of Node, of its own address or of this machine', async () => {
    const { text, imports } = await bundled(entry)
    expect(imports.filter(({ kind, path }) => kind === 'import-statement' && !path.includes('.wasm'))).toEqual([])
    expect(text).not.toMatch(/['"`]node:|import\.meta|sourceMappingURL/)
    expect(text).not.toContain(process.cwd())
  })

  test('has nothing of exports in it', async () => {
    expect((await bundled(entry)).text).not.toMatch(/onnx|binaryen|exportModel|importWeights/i)
  })
})

test('slim is a part of the API, and with ganglion/api all of it, of one code', async () => {
  const [{ exports: some }, { exports: rest }] = [await bundled('slim.js'), await bundled('api.js')]
  const all = Object.keys(api)
  expect(some.filter((name) => !all.includes(name))).toEqual([])
  expect([...new Set([...some, ...rest])].sort()).toEqual(all.sort())
  const load = async (file: string) => import(pathToFileURL(built(file)).href) as Promise<Record<string, unknown>>
  const [one, other] = [await load('slim.js'), await load('api.js')]
  expect(one['Model']).toBe(other['Model'])
})

test('under edge conditions the cores are modules, which bundlers of each are asked for in its own way', async () => {
  const paths = async (entry: string) => (
    (await bundled(entry)).imports.map(({ path }) => path).filter((path) => path.includes('.wasm'))
  )
  expect(await paths('workerd.js')).toEqual(['./ganglion.wasm', './ganglion-relaxed.wasm'])
  expect(await paths('edge_light.js')).toEqual(['./ganglion.wasm?module', './ganglion-relaxed.wasm?module'])
})

test('edge: takes its module, and loads the relaxed one when asked', async () => {
  const module = new WebAssembly.Module(readFileSync(built('ganglion.wasm')))
  const asked: string[] = []
  const createRuntime = edgeRuntime(module, () => {
    asked.push('relaxed')
    return Promise.resolve({ default: module })
  })
  expect((await createRuntime()).module).toBe(module)
  expect(asked).toEqual([])
  if (!api.features().relaxedSimd.available) return
  await createRuntime({ precision: 'relaxed' })
  expect(asked).toEqual(['relaxed'])
})

describe('createRuntime refuses', () => {
  const takes = 'threads, precision, wide, core, worker'
  const module = new WebAssembly.Module(readFileSync(built('ganglion.wasm')))
  const entries = {
    default: api.createRuntime,
    edge: edgeRuntime(module, () => Promise.reject(new Error('not asked for'))),
    slim: (options: object) => slim.createRuntime({ core: module, ...options }),
  }
  test.each(Object.entries(entries))('an option that it does not know: %s', async (_, createRuntime) => {
    await expect(createRuntime({ thread: 2 } as object)).rejects.toThrow(
      new RangeError(`createRuntime: there is no option 'thread'; it takes ${takes}`))
  })
  test.each([[5, '5'], [null, 'null'], ['auto', "'auto'"], [[2], '[2]']])('%o for options', async (options, shown) => {
    await expect(api.createRuntime(options as object)).rejects.toThrow(
      new TypeError(`createRuntime: the options are ${shown}, expected an object with ${takes}`))
  })
})

describe('a core that is given', () => {
  const file = built('ganglion.wasm')
  const bytes = readFileSync(file)
  const server = createServer(({ url }, response) => {
    if (url === '/missing') response.writeHead(404).end('no')
    else if (url === '/page') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')
    else response.writeHead(200, url === '/typed' ? { 'content-type': 'application/wasm' } : {}).end(bytes)
  })
  let origin: string
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  const SOURCES: Record<string, () => Parameters<typeof slim.createRuntime>[0]['core']> = {
    'a module': () => new WebAssembly.Module(bytes),
    bytes: () => bytes,
    'an ArrayBuffer': () => new Uint8Array(bytes).buffer,
    'a promise of bytes': () => Promise.resolve(bytes),
    'the URL of a file': () => pathToFileURL(file),
    'a URL, typed as wasm': () => new URL('/typed', origin),
    'an address, typed as nothing': () => `${origin}/untyped`,
    'a Response': () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } }),
    'a fetch': () => fetch(`${origin}/typed`),
  }
  test.each(Object.keys(SOURCES))('%s', async (name) => {
    const { module } = await slim.createRuntime({ core: SOURCES[name]!() })
    expect(WebAssembly.Module.exports(module).map((e) => e.name)).toContain('run')
    expect((await api.createRuntime({ core: SOURCES[name]!() })).threads).toBe(1)
  })

  const MEND = 'give a file of the package: ganglion.wasm, or another of its cores'
  test.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, "createRuntime: 'ganglion/slim' has no core inside; " +
      "give one, { core: new URL('…/ganglion.wasm') } say, or import 'ganglion'"],
    ['a number', () => 7, `core: expected a WebAssembly.Module, its bytes, a URL or a Response, got number; ${MEND}`],
    ['text', () => new TextEncoder().encode('<!doctype html>'), `the core that was given is not WebAssembly; ${MEND}`],
    ['two bytes', () => new Uint8Array(2), `the core that was given is not WebAssembly; ${MEND}`],
    ['a page', () => `${origin}/page`, `the core that was given is not WebAssembly; ${MEND}`],
    ['no file', () => `${origin}/missing`, `the core could not be fetched from http://127.0.0.1:PORT/missing: status 404; ${MEND}`],
  ])('refuses %s', async (_, core, message) => {
    const refused = slim.createRuntime({ core: core() as WebAssembly.Module })
    await expect(refused).rejects.toThrow(message.replace('http://127.0.0.1:PORT', origin))
  })

  test('refuses a file that is not there, and a module that is cut short', async () => {
    await expect(slim.createRuntime({ core: new URL('file:///no/such.wasm') })).rejects.toThrow(
      /^the core could not be read from file:\/\/\/no\/such\.wasm: ENOENT.*; give a file of the package/,
    )
    await expect(slim.createRuntime({ core: bytes.subarray(0, 99) })).rejects.toThrow(
      /^the core could not be compiled here: .*; WebAssembly with SIMD is needed$/,
    )
  })

  test('slim without any options says the same as without a core', () => {
    const { createRuntime } = slim as unknown as { createRuntime: () => Promise<unknown> }
    return expect(createRuntime()).rejects.toThrow("'ganglion/slim' has no core inside")
  })
})
