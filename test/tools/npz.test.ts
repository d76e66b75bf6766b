// Debian's numpy reads every part of every model that is exported as NPZ: weights, and of generators codes, samples and labels,
// to the bit.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { exportModel } from '../../src/export/export.ts'
import { graphOf, partsOf } from '../../src/export/part.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { conditional } from '../export/conditional.ts'
import { trained } from '../export/parts.ts'
import { missing, python } from './python.ts'

const [COUNT, SEED] = [70, 9]
const why = missing('numpy')
const folder = mkdtempSync(join(tmpdir(), 'ganglion-npz-'))
afterAll(() => rmSync(folder, { recursive: true }))

const said = (dtype: string, shape: readonly number[], data: Float32Array | Uint32Array) =>
  ({ dtype, shape, sha256: createHash('sha256').update(data).digest('hex') })
const floats = (shape: readonly number[], data: Float32Array) => said('<f4', shape, data)

test.skipIf(why)(`every part of every model${why ? `: ${why}` : ''}`, async () => {
  const [files, expected]: [string[], object[]] = [[], []]
  for (const definition of [...modelNames.map((kind) => models[kind](models[kind].verify.options)), conditional()]) {
    const model = await trained(definition)
    const { kind, codeShape, imageShape, classes } = definition
    for (const part of partsOf(definition)) {
      const [bytes] = (await exportModel(model, 'npz', { part, count: COUNT, seed: SEED })).values()
      files.push(join(folder, `${kind}-${part}.npz`))
      writeFileSync(files.at(-1)!, bytes!)
      const weights = graphOf(definition, part, 2).variables.map((v) => [v.attrs.name, floats(v.shape, model.session.read(v))])
      expected.push({
        ...Object.fromEntries(weights) as object,
        ...(part === 'generator' && {
          codes: floats([COUNT, ...codeShape], model.drawCodes(COUNT, { seed: SEED })),
          samples: floats([COUNT, ...imageShape], model.sample(COUNT, { seed: SEED })),
          ...(classes && { labels: said('<u4', [COUNT], Uint32Array.from({ length: COUNT }, (_, i) => i % classes)) }),
        }),
      })
    }
  }
  const read = python(fileURLToPath(new URL('read_npz.py', import.meta.url)), ...files).trim().split('\n')
  expect(read.map((line) => JSON.parse(line) as unknown)).toEqual(expected)
  expect(files.length).toBeGreaterThan(15)
}, 120_000)
