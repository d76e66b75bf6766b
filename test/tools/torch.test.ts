// Debian's PyTorch loads what is exported as safetensors, rebuilds the network by model.py, and gives what we give.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { exportModel } from '../../src/export/export.ts'
import { permuted } from '../../src/export/fold.ts'
import { partsOf } from '../../src/export/part.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { oursOf, trained } from '../export/parts.ts'
import { missing, python } from './python.ts'

const why = missing('torch')
const folder = mkdtempSync(join(tmpdir(), 'ganglion-torch-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Value { readonly shape: readonly number[], readonly data: Float32Array }
const TO_NCHW = [0, 3, 1, 2]
const asTorch = ({ shape, data }: Value) => (shape.length < 4 ? { shape, data: [...data] }
  : { shape: TO_NCHW.map((axis) => shape[axis]!), data: [...permuted(data, shape, TO_NCHW)] })

test.skipIf(why)(`every part of every model${why ? `: ${why}` : ''}`, async () => {
  const folders: string[] = []
  for (const kind of modelNames) {
    const model = await trained(models[kind](models[kind].verify.options))
    for (const part of partsOf(model.definition)) {
      const place = join(folder, `${kind}-${part}`)
      mkdirSync(place)
      for (const [name, data] of await exportModel(model, 'safetensors', { part })) writeFileSync(join(place, name), data)
      const { inputs, outputs } = oursOf(model, part, 3)
      const [output] = outputs.values()
      writeFileSync(join(place, 'cases.json'), JSON.stringify({
        name: `${part[0]!.toUpperCase()}${part.slice(1)}`, inputs: [...inputs.values()].map(asTorch), output: asTorch(output!),
      }))
      folders.push(place)
    }
  }
  const said = python(fileURLToPath(new URL('run_torch.py', import.meta.url)), ...folders).trim().split('\n')
    .map((line) => JSON.parse(line) as { readonly folder: string, readonly apart: number })
  expect(said.length).toBe(folders.length)
  expect(said.filter(({ apart }) => !(apart < 1e-5))).toEqual([])
}, 120_000)
