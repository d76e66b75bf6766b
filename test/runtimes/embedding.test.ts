// The examples of docs/embedding.md, each as it stands, beside what the packed package's command line exports.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { saveConfig, saveRun } from '../../src/node/index.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { vae } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import { version } from '../../src/version.generated.ts'
import { absent, chromium } from './lib/browsers.ts'
import { startWorker, WORKERD } from './lib/edge.ts'
import { missing, module, project, run } from './lib/project.ts'
import { bun, deno } from './lib/runtimes.ts'
import { serve } from './lib/server.ts'
import { hashOf } from './lib/standalone.ts'

const root = resolve(import.meta.dirname, '../..')
const node = module('node-24/bin/node')
let folder: string
let model: Model

/** A package of these tests, or of the repository's, as if it were installed in the project. */
function link(name: string, from = module(name)): void {
  mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
  symlinkSync(from, join(folder, 'node_modules', name))
}
const ganglion = (...args: string[]) => run(node, ['node_modules/ganglion/dist/cli/main.js', ...args], { cwd: folder })
const answer = async (binary: string, ...args: string[]) => JSON.parse(await run(binary, args, { cwd: folder })) as
  { kind?: string, pictures: number[], same?: boolean, refusal?: string }
/** What the examples with the raw core compute: tanh of −1, 0, 1/2 and 2. */
const TANH = [-0.761594, 0, 0.462117, 0.964028]
const numbers = async (binary: string, ...args: string[]) =>
  (await answer(binary, ...args) as unknown as number[]).map((x) => Number(x.toFixed(6)))
const pictures = () => Array.from(model.sample(4, { seed: 1 }))

beforeAll(async () => {
  folder = project()
  model = await Model.create(await createRuntime(), vae({ hidden: 24, latent: 5 }), { seed: 8 })
  mkdirSync(join(folder, 'run'))
  await saveRun(join(folder, 'run'), model)
  await saveConfig(join(folder, 'run'), {
    format: 1, model: model.definition, training: { seed: 8 }, software: { ganglion: version, core: '', node: '' },
  })
  cpSync(join(root, 'examples/embedding'), folder, { recursive: true })
  for (const name of ['binaryen', '@bytecodealliance/jco-transpile', '@extism/extism']) link(name)
  link('@assemblyscript/loader', join(root, 'node_modules/@assemblyscript/loader'))
  await ganglion('export', 'run', '--format', 'wasm', '--out', 'generator.wasm')
  await ganglion('export', 'run', '--format', 'wasm', '--component', '--out', 'generator.component.wasm')
  await ganglion('export', 'run', '--format', 'wasm', '--extism', '--out', 'generator.plugin.wasm')
})

describe.each([
  ['Node 20', module('node-20/bin/node'), []], ['Node 24', node, []], ['Deno', deno, ['run', '--allow-read']], ['Bun', bun, []],
] as const)('in %s', (name, binary, args) => {
  const why = missing(binary, name)
  test('generator.mjs', async ({ skip }) => {
    if (why) skip(`not run here: ${why}`)
    expect(await answer(binary, ...args, 'generator.mjs')).toEqual({ kind: 'vae', pictures: pictures(), same: true })
  })
  test('core.mjs', async ({ skip }) => {
    if (why) skip(`not run here: ${why}`)
    expect(await numbers(binary, ...args, 'core.mjs')).toEqual(TANH)
  })
})

test('component.mjs', async () => {
  expect(await answer(node, 'component.mjs')).toEqual({
    kind: 'vae', pictures: pictures(), same: true,
    refusal: 'expected whole codes of [5], 32-bit floats: a multiple of 5, at least one',
  })
})
test('plugin.mjs', async () => {
  const { refusal, ...rest } = await answer(node, 'plugin.mjs')
  expect(rest).toEqual({ kind: 'vae', pictures: pictures(), same: true })
  expect(refusal).toContain('expected whole codes of [5]')
})
test('wasmtime.mjs', async () => {
  expect(await answer(node, 'wasmtime.mjs', module('@bytecodealliance/wizer-linux-x64/wizer'))).toEqual({ pictures: pictures() })
})

test('core_component.mjs', async () => {
  expect(await numbers(node, 'core_component.mjs')).toEqual(TANH)
})
test('core_wasmtime.mjs', async () => {
  expect(await numbers(node, 'core_wasmtime.mjs', module('@bytecodealliance/wizer-linux-x64/wizer'))).toEqual(TANH)
})

test('page.html', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  const [server, browser] = [await serve(folder), await chromium()]
  try {
    const { bytes, tanh } = await browser.result<{ bytes: number[], tanh: number }>(server.url('plain', 'page.html'))
    const grey = Array.from(model.sample(1, { seed: 1 }), (x) => Math.floor((255 * (x + 1)) / 2 + 0.5))
    expect(bytes).toEqual(grey.flatMap((x) => [x, x, x, 255]))
    expect(tanh).toBeCloseTo(0.462117, 6)
  } finally {
    await browser.close()
    server.close()
  }
})

test('exportModel in a page, whose import map finds Binaryen, writes the same file', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  writeFileSync(join(folder, 'exporting.html'), `<!doctype html><title>A page that exports</title>
<script type="importmap">{ "imports": { "binaryen": "./node_modules/binaryen/index.js" } }</script>
<script type="module">
import { createRuntime, Model, vae } from './node_modules/ganglion/dist/index.js'
import { exportModel } from './node_modules/ganglion/dist/export/index.js'
const model = await Model.create(await createRuntime(), vae({ hidden: 24, latent: 5 }), { seed: 8 })
const [bytes] = (await exportModel(model, 'wasm')).values()
globalThis.result = Array.from(bytes)
</script>`)
  const [server, browser] = [await serve(folder), await chromium()]
  try {
    const bytes = await browser.result<number[]>(server.url('plain', 'exporting.html'))
    expect(hashOf(Uint8Array.from(bytes))).toBe(hashOf(readFileSync(join(folder, 'generator.wasm'))))
  } finally {
    await browser.close()
    server.close()
  }
})

test('edge.js', async ({ skip }) => {
  const why = missing(WORKERD, 'npm workerd')
  if (why) skip(`not run here: ${why}`)
  const worker = await startWorker(folder, 'edge.js')
  try {
    const drawn = await worker.dispatchFetch('http://localhost/?seed=1&count=4')
    expect(Array.from(new Float32Array(await drawn.arrayBuffer()))).toEqual(pictures())
    expect(Number(await (await worker.dispatchFetch('http://localhost/tanh?x=0.5')).text())).toBeCloseTo(0.462117, 6)
  } finally {
    await worker.dispose()
  }
})

test('the world in docs/embedding.md is that of the components', async () => {
  const docs = readFileSync(join(root, 'docs/embedding.md'), 'utf8')
  const { worldOf } = await import('../../src/export/wasm/component.ts')
  const names = ['generate', 'codes', 'decode', 'encode', 'score', 'setClass', 'info']
  expect(docs).toContain(`\`\`\`wit\n${worldOf(names)}\`\`\``)
  const require = createRequire(join(folder, 'package.json'))
  const { componentWit } = await import(require.resolve('@bytecodealliance/jco-transpile/wasm-tools'))
  const wit = await componentWit(readFileSync(join(folder, 'generator.component.wasm'))) as string
  expect(wit.match(/export [\w-]+/g)).toEqual(['export generate', 'export codes', 'export decode', 'export info'])
})
