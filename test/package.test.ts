// What the package promises about its parts: the default entry runs anywhere, the core needs no host.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { expect, test } from 'vitest'
import { KERNELS } from '../src/graph/contract.generated.ts'
import type { OwnKind } from '../src/models/kind.ts'
import { models } from '../src/models/kinds.ts'
import { coreBytes } from '../src/runtime/cores.ts'
import { built } from './dist.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = (name: string): { name: string, text: string }[] => readdirSync(`${root}/${name}`)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ name: file, text: readFileSync(`${root}/${name}/${file}`, 'utf8') }))

const core = await coreBytes('deterministic', false)

const INDEX = 'src/entries/index.ts'

test.each([INDEX, 'src/verify/index.ts'])('the entry %s reaches neither Node nor a dependency', async (entry) => {
  const { metafile } = await build({
    absWorkingDir: root, entryPoints: [entry], platform: 'node', format: 'esm',
    bundle: true, write: false, metafile: true,
  })
  const files = Object.keys(metafile.inputs)
  expect(files).toContain('src/runtime/core.generated.ts')
  expect(files.filter((file) => /^src\/(node|cli)\//.test(file))).toEqual([])
  // The build makes it a part of dist.
  expect(files.filter((file) => !/^(src|node_modules\/@noble\/hashes)\//.test(file))).toEqual([])
  expect(files.some((file) => file.startsWith('src/verify/')), 'recipes and golden digests').toBe(entry !== INDEX)
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports).filter(({ external }) => external)).toEqual([])
})

test('so does the entry ganglion/bench', async () => {
  const { metafile } = await build({
    absWorkingDir: root, entryPoints: ['src/bench/index.ts'], platform: 'browser', format: 'esm',
    bundle: true, write: false, metafile: true,
  })
  expect(Object.keys(metafile.inputs).filter((file) => /^src\/(node|cli)\//.test(file))).toEqual([])
})

test('a program that trains a model at a rate takes no schedule along', async () => {
  const contents = `import { Model, vae } from './src/entries/index.ts'\nconsole.log(Model, vae({ learningRate: 1e-3 }))`
  const { metafile } = await build({
    absWorkingDir: root, stdin: { contents, resolveDir: root }, platform: 'neutral', format: 'esm',
    bundle: true, write: false, metafile: true,
  })
  const [output] = Object.values(metafile.outputs)
  const bytes = (file: string) => output!.inputs[file]?.bytesInOutput ?? 0
  expect(bytes('src/nn/rate.ts')).toBeGreaterThan(0)
  const others = ['src/nn/schedules.ts', 'src/checkpoint/options.ts', 'src/models/dcgan.ts']
  for (const file of others) expect(bytes(file), file).toBe(0)
})

/** Leaves out what is loaded when it is asked for. */
const onDemand: Plugin = {
  name: 'on-demand',
  setup: ({ onResolve }) => onResolve({ filter: /./ }, ({ kind, path }) => (
    kind === 'dynamic-import' ? { path, external: true } : undefined)),
}

// From dist, because a bundler knows which calls have no effects within a file only.
test('a page that trains a VAE takes no other model, layer or kernel along', async () => {
  const contents = `export { createRuntime, imageDataset, Model, vae } from ${JSON.stringify(built('index.js'))}`
  const { outputFiles: [page] } = await build({
    stdin: { contents, resolveDir: root }, platform: 'neutral', format: 'esm', bundle: true, minify: true, charset: 'utf8',
    write: false, plugins: [onDemand], logLevel: 'error',
  })
  const says = (text: string): boolean => page!.text.includes(JSON.stringify(text))
  const helps = (model: OwnKind): string[] => Object.values(model.options).map(({ help }) => help)
  const ours = helps(models.vae)
  expect(ours.filter((help) => !says(help))).toEqual([])
  const others = Object.values(models).flatMap(helps).filter((help) => !ours.includes(help))
  expect(others.length).toBeGreaterThan(4)
  expect(others.filter(says)).toEqual([])
  const kernels = Object.keys(KERNELS)
  expect(kernels.filter(says)).toContain('gemm_f32')
  expect(kernels.filter((name) => /conv|pool|resize|channel|softmax|sgd|rmsprop|cholesky/.test(name) && says(name))).toEqual([])
  expect(says('a function, or null where there is none'), 'what defineOp checks').toBe(false)
  expect(says('F8_E4M3'), 'what reads safetensors').toBe(false)
  expect(page!.text.includes('as minimize does'), 'what joins micro-batches').toBe(false)
})

test('the core imports nothing and exports its memory, its table and the tape', () => {
  const module = new WebAssembly.Module(core)
  expect(WebAssembly.Module.imports(module)).toEqual([])
  const names = WebAssembly.Module.exports(module).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['memory', 'table', 'run', 'runOp', 'heapBase']))
})

// asc takes two entry files that export one name without a word, and drops the second.
test('no two files of the core export the same name, and every kernel is there', () => {
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(core)).map(({ name }) => name)
  const names = folder('assembly/kernels')
    .flatMap(({ text }) => [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name!))
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  expect(names.filter((name) => !exported.includes(name))).toEqual([])
})

test('every entry of package.json has its row in docs/entries.md, and one of a data format its budget', () => {
  const text = (file: string): string => readFileSync(`${root}/${file}`, 'utf8')
  const { exports } = JSON.parse(text('package.json')) as { exports: Record<string, unknown> }
  const imported = Object.entries(exports).filter(([, files]) => typeof files === 'object').map(([key]) => key)
  const names = imported.filter((key) => key !== './thread.js').map((key) => key.replace('.', 'ganglion'))
  expect(names.length).toBeGreaterThan(8)
  expect(names.filter((name) => !text('docs/entries.md').includes(`\n| \`${name}\` |`))).toEqual([])
  const formats = imported.filter((key) => JSON.stringify(exports[key]).includes('dist/formats/'))
  expect(formats.filter((key) => !text('.size-limit.js').includes(`entry('${key.replace('.', 'ganglion')}', `))).toEqual([])
})
