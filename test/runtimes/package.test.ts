// The exported package, as npm installs it into fresh projects: Node, Deno, Bun, an edge worker, and a page that Vite builds.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build } from 'vite'
import { exportModel } from '../../src/export/index.ts'
import { vae } from '../../src/models/vae.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { Model } from '../../src/train/model.ts'
import { absent, chromium } from './lib/browsers.ts'
import { inEdgeRuntime, startWorker, WORKERD } from './lib/edge.ts'
import { missing, module, run } from './lib/project.ts'
import { bun, deno } from './lib/runtimes.ts'
import { serve } from './lib/server.ts'

const PROGRAM = `import { codes, decode, generate, info, toImageData } from 'vae-generator'

export async function draw() {
  const pictures = await generate({ seed: 1, count: 3 })
  const decoded = await decode(await codes({ seed: 1, count: 3 }))
  const { data, width, height } = toImageData(pictures, 2)
  const refused = await generate({ class: 1 }).catch(({ message }) => message)
  return {
    kind: info.kind, pictures: Array.from(pictures), same: decoded.every((x, i) => x === pictures[i]),
    bytes: Array.from(data), width, height, refused,
  }
}
`
const folder = mkdtempSync(join(tmpdir(), 'ganglion-package-'))
const inProject = (...path: string[]) => join(folder, 'project', ...path)
let expected: object

beforeAll(async () => {
  const model = await Model.create(await createRuntime(), vae({ hidden: 24, latent: 5, imageShape: [6, 4, 1] }), { seed: 8 })
  const packed = join(folder, 'vae-generator')
  mkdirSync(packed)
  for (const [name, data] of await exportModel(model, 'js')) writeFileSync(join(packed, name), data)
  const npm = (cwd: string, ...args: string[]) => execFileSync('npm', args, { cwd, encoding: 'utf8' })
  const [{ filename }] = JSON.parse(npm(packed, 'pack', '--json', '--pack-destination', folder)) as [{ filename: string }]
  mkdirSync(inProject())
  writeFileSync(inProject('package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  npm(inProject(), 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--offline', join(folder, filename))
  writeFileSync(inProject('program.js'), PROGRAM)
  writeFileSync(inProject('process.js'), "import { draw } from './program.js'\nconsole.log(JSON.stringify(await draw()))\n")
  writeFileSync(inProject('edge.js'), `import { draw } from './program.js'
export default { fetch: async () => Response.json(await draw()) }\n`)
  writeFileSync(inProject('index.html'), '<!doctype html><title>A page</title><script type="module" src="page.js"></script>\n')
  writeFileSync(inProject('page.js'), "import { draw } from './program.js'\nglobalThis.result = await draw()\n")

  const pictures = model.sample(3, { seed: 1 })
  const bytes = Array.from(pictures.subarray(48), (x) => Math.floor((255 * (x + 1)) / 2 + 0.5))
  expected = {
    kind: 'vae', pictures: Array.from(pictures), same: true, bytes: bytes.flatMap((x) => [x, x, x, 255]), width: 4, height: 6,
    refused: 'class is given, and the vae has no classes; leave it out',
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  ['Node 20', module('node-20/bin/node'), []], ['Node 24', module('node-24/bin/node'), []],
  ['Deno', deno, ['run', '--no-prompt', '--allow-read']], ['Bun', bun, []],
] as const)('in %s', (name, binary, args) => {
  test('it draws what sample draws', async ({ skip }) => {
    const why = missing(binary, name)
    if (why) skip(`not run here: ${why}`)
    expect(JSON.parse(await run(binary, [...args, 'process.js'], { cwd: inProject() }))).toEqual(expected)
  })
})

test('in an edge worker', async ({ skip }) => {
  const why = missing(WORKERD, 'npm workerd')
  if (why) skip(`not run here: ${why}`)
  const worker = await startWorker(inProject(), 'edge.js')
  try {
    expect(await (await worker.dispatchFetch('http://localhost/')).json()).toEqual(expected)
  } finally {
    await worker.dispose()
  }
})

test("in Vercel's edge runtime, under the condition edge-light", async () => {
  expect(await inEdgeRuntime(inProject(), 'program.js', 'await program.draw()')).toEqual(expected)
})

test('in a page that Vite builds', async ({ skip }) => {
  if (absent.chromium) skip(`not run here: ${absent.chromium}`)
  await build({ configFile: false, logLevel: 'error', base: './', root: inProject(), build: { outDir: 'out', target: 'es2022' } })
  const [server, browser] = [await serve(inProject('out')), await chromium()]
  try {
    expect(await browser.result(server.url('strict', 'index.html'))).toEqual(expected)
  } finally {
    await browser.close()
    server.close()
  }
})

test('its types say what it does', async () => {
  cpSync(join(folder, 'vae-generator/index.d.ts'), inProject('index.d.ts'))
  writeFileSync(inProject('use.ts'), `import { generate, info, toImageData } from 'vae-generator'
const pictures: Float32Array = await generate({ seed: 1, count: 2, class: 3 })
export const image: ImageData = toImageData(pictures, 1)
export const height: number = info.imageShape[0]
// @ts-expect-error -- a seed is a number
void generate({ seed: '1' })
`)
  const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom']
  await run(module('node-24/bin/node'), [tsc, ...flags, 'use.ts'], { cwd: inProject() })
  expect(readFileSync(inProject('index.d.ts'), 'utf8')).not.toContain('encode')
})
