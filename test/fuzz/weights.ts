// importWeights: files of other tools' weights, damaged, or whole with names, shapes and values that are not the model's. What is
// refused leaves the model as it was; what is taken is all of it, and finite.
import fc from 'fast-check'
import { GanglionError } from '../../src/errors.ts'
import { exportModel, importWeights } from '../../src/export/index.ts'
import { decodeSafetensors, encodeSafetensors, type SavedTensor } from '../../src/formats/safetensors.ts'
import { dcgan } from '../../src/models/dcgan.ts'
import type { ModelDefinition } from '../../src/models/definition.ts'
import { vae } from '../../src/models/vae.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { Model } from '../../src/train/model.ts'
import { damaged } from './mutate.ts'
import type { Target } from './targets.ts'

type Tensors = ReadonlyMap<string, SavedTensor>
type Named = readonly (readonly [name: string, tensor: SavedTensor])[]

const runtime = await createRuntime()
const definitions: readonly ModelDefinition[] = [
  vae({ hidden: 3, latent: 2, imageShape: [2, 2, 1] }), dcgan({ filters: [2, 1], latent: 2, imageShape: [4, 4, 1] }),
]
const models = await Promise.all(definitions.map((definition) => Model.create(runtime, definition)))

/** The weights that a whole file has, in the names and layouts of a tool. */
async function fileOf(model: Model, tool: 'pytorch' | 'keras'): Promise<Tensors> {
  const all = new Map<string, SavedTensor>()
  const parts = model.definition.encode ? ['decoder', 'encoder'] as const : ['decoder', 'discriminator'] as const
  for (const part of parts) {
    const files = await exportModel(model, 'safetensors', { part, for: tool })
    for (const [name, tensor] of decodeSafetensors(files.get('model.safetensors') as Uint8Array).tensors) all.set(name, tensor)
  }
  // No part has them: encode gives means.
  for (const [name, { shape, data }] of model.weights()) {
    if (!name.startsWith('logvar/')) continue
    const torch = name.replace('logvar/kernel', 'logvar.weight').replace('logvar/bias', 'logvar.bias')
    all.set(tool === 'keras' ? name : torch, { shape: tool === 'keras' ? shape : [...shape].reverse(), data })
  }
  return all
}
const files = await Promise.all(models.flatMap((model) => [fileOf(model, 'pytorch'), fileOf(model, 'keras')]))

interface Edit { readonly kind: number, readonly at: number, readonly text: string, readonly number: number }
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.nat(6), at: fc.nat(), number: fc.oneof(fc.nat(6), fc.double()),
  text: fc.oneof(fc.string(), fc.constantFrom(
    '', '.', '/', 'kernel', 'decoder.weight', 'decoder/kernel:0', 'a.b/c', 'num_batches_tracked', '0.weight', '10.weight',
    '__proto__',
  ), fc.nat().map((n) => `decoder.${n}.bias`), fc.nat(500).map((n) => '9'.repeat(n))),
})

function edited(tensors: Named, { kind, at: anywhere, text, number }: Edit): Named {
  if (!tensors.length) return tensors
  const at = anywhere % tensors.length
  const [name, { shape, data }] = tensors[at]!
  const instead = (...there: Named) => [...tensors.slice(0, at), ...there, ...tensors.slice(at + 1)]
  switch (kind) {
    case 0: return instead([text, { shape, data }])
    case 1: return instead([`${name.replace(/[^./]+$/, '')}${text}`, { shape, data }])
    case 2: return instead()
    case 3: return [...tensors, [text, { shape, data }]]
    case 4: return instead([name, { shape: [...shape].reverse(), data }])
    case 5: return instead([name, { shape, data: Float32Array.from(data, (x, i) => (i ? x : number)) }])
    default: return [...tensors].reverse()
  }
}

const snapshot = (model: Model): string => [...model.weights()].map(([name, { data }]) => `${name} ${data.join()}`).join('\n')

export const weights: Target<{ readonly file: number, readonly into: number, readonly tensors: Tensors | Uint8Array }> = {
  name: 'weights', runs: 3000,
  inputs: fc.tuple(fc.nat(files.length - 1), fc.nat(9)).chain(([file, other]) => fc.record({
    file: fc.constant(file), into: fc.constant(other ? file >> 1 : 1 - (file >> 1)),
    tensors: fc.oneof(
      { weight: 3, arbitrary: fc.array(edit, { maxLength: 4 }).map((edits) => new Map(edits.reduce(edited, [...files[file]!]))) },
      { weight: 1, arbitrary: damaged(encodeSafetensors(files[file]!)) },
    ),
  })),
  refusals: [GanglionError, RangeError],
  run({ into, tensors }) {
    const model = models[into]!
    const before = snapshot(model)
    try {
      const { names } = importWeights(model, tensors instanceof Uint8Array ? decodeSafetensors(tensors).tensors : tensors, 'f')
      if (names.size !== files[2 * into]!.size) throw new Error(`let pass, though it took ${names.size} weights`)
      if (/NaN|Infinity/.test(snapshot(model))) throw new Error('let pass, though weights are not finite')
    } catch (error) {
      if (snapshot(model) !== before) throw new Error('refused, and weights changed', { cause: error })
      throw error
    }
  },
}
