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
import { conditional } from '../export/conditional.ts'
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
  const all = new Map<string, { readonly digest: string, readonly options: object, readonly names?: string | undefined }>()
  for (const definition of [...modelNames.map((kind) => models[kind](models[kind].verify.options)), conditional(2)]) {
    const model = await trained(definition)
    const { kind, classes, options: own } = definition
    const names = classes && Array.from({ length: classes }, (_, i) => `class ${i}`)
    for (const part of partsOf(definition)) {
      for (const options of [{}, { layout: 'nhwc' as const, float16: true, ...(names && { classNames: names }) }]) {
        const [bytes] = (await exportModel(model, 'onnx', { part, ...options })).values()
        files.push(join(folder, `${kind}-${part}-${'layout' in options}.onnx`))
        writeFileSync(files.at(-1)!, bytes!)
        const said = 'layout' in options && names ? JSON.stringify(names) : undefined
        all.set(files.at(-1)!, { digest: await model.digest(), options: own, names: said })
      }
    }
  }
  const said = python(fileURLToPath(new URL('check_onnx.py', import.meta.url)), ...files).trim().split('\n')
    .map((line) => JSON.parse(line) as Said)
  expect(said.length).toBe(files.length)
  said.forEach(({ ir, opset, metadata }, i) => {
    const { digest, options, names } = all.get(files[i]!)!
    expect([ir, opset]).toEqual([8, 17])
    expect(metadata).toMatchObject({ digest, ganglion: version, layout: i % 2 ? 'nhwc' : 'nchw' })
    expect(JSON.parse(metadata['options']!)).toEqual(JSON.parse(JSON.stringify(options)))
    expect(metadata['classNames']).toBe(names)
  })
  const of = (name: string) => said[files.indexOf(join(folder, `${name}.onnx`))]!
  expect(of('vae-decoder-false')).toMatchObject({ inputs: { codes: ['batch', 7] }, outputs: { images: ['batch', 1, 28, 28] } })
  expect(of('autoencoder-encoder-true')).toMatchObject({
    inputs: { images: ['batch', 28, 28, 1] }, outputs: { codes: ['batch', 2, 2, 8] },
  })
  expect(of('mine-generator-true').metadata['classNames']).toBe('["class 0","class 1"]')
  // Weights of the part alone.
  expect(of('gan-generator-false').weights.filter((name) => /discriminator/.test(name))).toEqual([])
  expect(of('gan-generator-false').weights).toContain('generator/dense/kernel')
}, 120_000)
