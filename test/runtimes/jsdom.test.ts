// jsdom, whose window is a realm of its own, as jest gives it to tests: with Node's process, without fetch and workers.
import { join } from 'node:path'
import { build } from 'esbuild'
import { JSDOM } from 'jsdom'
import { expect, test } from 'vitest'
import { project } from './lib/project.ts'
import { GOLDEN } from './lib/report.ts'

const PROGRAM = `
  import * as ganglion from 'ganglion'
  import { decodeSafetensors, encodeSafetensors } from 'ganglion/safetensors'
  import { trained } from './program.js'

  globalThis.answer = (async () => {
    const { digest } = await trained(ganglion)
    const [model, other] = await Promise.all([1, 2].map(async (seed) => (
      ganglion.Model.create(await ganglion.createRuntime(), ganglion.vae(), { seed }))))
    const file = encodeSafetensors(model.weights(), { format: 'pt' })
    const { tensors } = decodeSafetensors(file)
    other.loadWeights(tensors)
    const mine = model.weights()
    const same = [...other.weights()].every(([name, { data }]) => data.every((x, i) => x === mine.get(name).data[i]))
    return { digest, same, file, threads: ganglion.features().threads.reason }
  })().catch((error) => ({ error: String(error.stack ?? error) }))
`

test('trains to the digest, and safetensors go through it and back', async () => {
  const folder = project({ 'jsdom.js': PROGRAM })
  const { outputFiles } = await build({
    absWorkingDir: folder, entryPoints: ['jsdom.js'], bundle: true, format: 'iife', platform: 'browser', write: false,
    logLevel: 'silent',
  })
  const { window } = new JSDOM('<!doctype html>', { runScripts: 'outside-only', url: 'http://localhost/' })
  Object.assign(window, { process })
  expect(window.eval('`${typeof fetch},${typeof Worker}`')).toBe('undefined,undefined')
  expect(window.eval('new Uint8Array()')).not.toBeInstanceOf(Uint8Array)
  window.eval(outputFiles[0]!.text)
  const { file, ...answer } = await window.eval('answer') as { file: Uint8Array }
  expect(answer).toEqual({ digest: GOLDEN.program, same: true, threads: expect.any(String) })
  expect(file).not.toBeInstanceOf(Uint8Array)
  // What was written there is read here.
  const { decodeSafetensors } = await import(join(folder, 'node_modules/ganglion/dist/formats/safetensors.js'))
  expect(decodeSafetensors(file).tensors.size).toBeGreaterThan(5)
  window.close()
})
