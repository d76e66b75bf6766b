// A part of a model as one WebAssembly module: the kernels that its graphs call, their tapes, its weights.
import { compile, type Program } from '../../compiler/program.ts'
import { GanglionError } from '../../errors.ts'
import { input } from '../../graph/leaves.ts'
import { show } from '../../graph/tensor.ts'
import { Pass } from '../../nn/layer.ts'
import { inflate } from '../../runtime/inflate.ts'
import { core } from '../../runtime/cores/standalone.generated.ts'
import { CHUNK, type RowsGraph, rowsSpec } from '../../train/inference.ts'
import type { Part } from '../part.ts'
import type { Source } from '../source.ts'
export { componentOf } from './component.ts'
import { type GraphName, imageOf, type ImageGraph } from './image.ts'
import { type Binaryen, moduleOf } from './module.ts'
import { pack, type Precision } from './pack.ts'

/** The graphs of each part. */
const GRAPHS: Readonly<Record<Part, readonly GraphName[]>> = {
  generator: ['codes', 'decode'],
  decoder: ['decode'],
  encoder: ['encode'],
  autoencoder: ['encode', 'decode'],
  discriminator: ['score'],
}

/** How a module is called: by addresses, as a component, or as an Extism plugin. */
export type Interface = 'core' | 'component' | 'extism'

/** The core's functions of each interface, and what they are exported as: components have names in kebab case. */
const FUNCTIONS: Readonly<Record<Interface, (name: string) => readonly [inner: string, outer: string]>> = {
  core: (name) => [name, name],
  component: (name) => (name === 'setClass' ? [name, 'set-class'] : [`component${capitalized(name)}`, name]),
  extism: (name) => [`extism${capitalized(name)}`, name],
}
const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

export interface StandaloneOptions {
  readonly precision: Precision
  readonly as: Interface
}

/** The functions that a part has, besides `alloc` or what an interface has in its place. */
export function functionsOf(part: Part, classes: number | undefined): string[] {
  const graphs = GRAPHS[part]
  return [...(part === 'generator' ? ['generate'] : []), ...graphs, 'info', ...(classes === undefined ? [] : ['setClass'])]
}

/**
 * The module of a part.
 * @throws GanglionError where Binaryen is not installed
 * @throws RangeError where a weight is larger than the precision can hold
 */
export async function standalone(source: Source, { precision, as }: StandaloneOptions): Promise<Uint8Array<ArrayBuffer>> {
  const binaryen = await loadBinaryen()
  const bytes = await inflate(core)
  const { part, facts, model } = source
  const graphs = new Map(GRAPHS[part].map((name) => [name, graphFor(source, name)]))
  const variables = [...new Set([...graphs.values()].flatMap(({ program }) => program.variables))]
  const weights = source.weights(variables)
  const functions = functionsOf(part, facts.classes)
  const image = (base: number) => imageOf(base, {
    graphs, rows: CHUNK, classes: facts.classes ?? 0, refusal: NO_CLASS, seed: model.session.seed,
    info: JSON.stringify({ ...facts, seed: model.session.seed, weights: precision, functions }),
    weights: (variable) => pack(variable, weights.get(variable.attrs.name)!, precision),
  })
  const exports = functions.map(FUNCTIONS[as])
  if (as === 'core') exports.push(['alloc', 'alloc'])
  if (as === 'component') exports.push(['cabiRealloc', 'cabi_realloc'])
  return moduleOf(binaryen, bytes, image, Object.fromEntries(exports))
}

const NO_CLASS = 'expected 4 bytes: the class, 32 bits; -1 for each in turn'

function graphFor(source: Source, name: GraphName): ImageGraph {
  const { imageShape, codeShape } = source.facts
  const definition = source.model.definition
  const rows = (group: RowsGraph): Program => compile(rowsSpec(definition, group))
  const whole = (what: string, shape: readonly number[]) =>
    `expected whole ${what} of ${show(shape)}, 32-bit floats: a multiple of ${shape.reduce((n, d) => n * d, 1)}, at least one`
  switch (name) {
    case 'codes': return { program: rows('sample'), refusal: 'expected 12 bytes: the seed, 64 bits, and the count, 32 bits' }
    case 'decode': return { program: rows('decode'), refusal: whole('codes', codeShape) }
    case 'encode': return { program: rows('encode'), refusal: whole('images', imageShape) }
    case 'score': {
      const labels = definition.classes === undefined ? undefined : input('labels', [CHUNK])
      const y = definition.discriminate!(input('x', [CHUNK, ...imageShape]), new Pass(false), labels)
      return { program: compile({ group: 'score', stages: [{ outputs: { y } }] }), refusal: whole('images', imageShape) }
    }
  }
}

/** Thirteen megabytes, so it comes when a module is asked for. */
async function loadBinaryen(): Promise<Binaryen> {
  try {
    // eslint-disable-next-line no-restricted-syntax -- large, and nothing has begun
    return (await import('binaryen')).default
  } catch (cause) {
    throw new GanglionError(`a module is written by Binaryen, which is not here (${(cause as Error).message}); ` +
      'run "npm install binaryen"', { cause })
  }
}
