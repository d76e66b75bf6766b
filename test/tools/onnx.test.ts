// Debian's python3-onnx checks every export in full, and reads what it says of itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { exportModel } from '../../src/export/export.ts'
import { partsOf } from '../../src/export/part.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { version } from '../../src/version.generated.ts'
import { trained } from '../export/parts.ts'
import { missing, python } from './python.ts'

const why = missing('onnx')
const folder = mkdtempSync(join(tmpdir(), 'ganglion-onnx-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Said {
  readonly ir: number
  readonly opset: number
  readonly inputs: Record<string, unknown>
  readonly outputs: Record<string, unknown>
  readonly weights: string[]
  readonly metadata: Record<string, string>
}

test.skipIf(why)(`the full check of every part of every model${why ? `: ${why}` : ''}`, async () => {
  const files: string[] = []
  const all = new Map<string, { readonly digest: string, readonly options: object }>()
  for (const kind of modelNames) {
    const model = await trained(models[kind](models[kind].verify.options))
    for (const part of partsOf(model.definition)) {
      for (const options of [{}, { layout: 'nhwc' as const, float16: true, classNames: ['a', 'b'] }]) {
        const [bytes] = (await exportModel(model, 'onnx', { part, ...options })).values()
        files.push(join(folder, `${kind}-${part}-${'layout' in options}.onnx`))
        writeFileSync(files.at(-1)!, bytes!)
        all.set(files.at(-1)!, { digest: await model.digest(), options: model.definition.options })
      }
    }
  }
  const said = python(fileURLToPath(new URL('check_onnx.py', import.meta.url)), ...files).trim().split('\n')
    .map((line) => JSON.parse(line) as Said)
  expect(said.length).toBe(files.length)
  said.forEach(({ ir, opset, metadata }, i) => {
    const { digest, options } = all.get(files[i]!)!
    expect([ir, opset]).toEqual([8, 17])
    expect(metadata).toMatchObject({ digest, ganglion: version, layout: i % 2 ? 'nhwc' : 'nchw' })
    expect(JSON.parse(metadata['options']!)).toEqual(JSON.parse(JSON.stringify(options)))
    expect(metadata['classNames']).toBe(i % 2 ? '["a","b"]' : undefined)
  })
  const of = (name: string) => said[files.indexOf(join(folder, `${name}.onnx`))]!
  expect(of('vae-decoder-false')).toMatchObject({ inputs: { codes: ['batch', 7] }, outputs: { images: ['batch', 1, 28, 28] } })
  expect(of('autoencoder-encoder-true')).toMatchObject({
    inputs: { images: ['batch', 28, 28, 1] }, outputs: { codes: ['batch', 2, 2, 8] },
  })
  // Weights of the part alone.
  expect(of('gan-generator-false').weights.filter((name) => /discriminator/.test(name))).toEqual([])
  expect(of('gan-generator-false').weights).toContain('generator/dense/kernel')
}, 120_000)
