// The models of test/golden/tiny.json and models.json bound to the definitions as they ship: the oracle's weights in the
// session's variables, its noise in place of the random tensors, its names for gradients and outputs.
import { readFileSync } from 'node:fs'
import { topological, rewrite } from '../../src/graph/walk.ts'
import { input, isVariable } from '../../src/graph/leaves.ts'
import { type Shape, sizeOf, type Tensor } from '../../src/graph/tensor.ts'
import type { ModelDefinition, Stage } from '../../src/models/definition.ts'
import type { ModelName } from '../../src/models/kinds.ts'
import { trainingStages } from '../../src/models/stages.ts'
import type { FunctionSpec } from '../../src/compiler/program.ts'
import type { CompiledFunction } from '../../src/runtime/function.ts'
import type { Session } from '../../src/runtime/session.ts'
import { type Kind, variableName } from '../golden/layers.ts'
import { lcg } from '../golden/lcg.ts'
import { newSession } from '../harness.ts'

interface Made {
  readonly shape: Shape
  readonly lcg: { readonly seed: number; readonly scale: number; readonly shift: number }
}
/** Every value, or what is left of a large tensor. */
export type Expected =
  | { readonly shape: Shape; readonly values: readonly number[] }
  | { readonly shape: Shape; readonly sum: number; readonly l1: number; readonly l2: number; readonly maxabs: number
      readonly dot777: number; readonly samples: readonly (readonly [at: number, value: number])[] }
export interface ModelOracle {
  readonly params: Readonly<Record<string, Made>>
  readonly inputs: Readonly<Record<string, Made>>
  readonly losses: Readonly<Record<string, number>>
  readonly outputs: Readonly<Record<string, Expected>>
  readonly grads: Readonly<Record<string, Readonly<Record<string, Expected>>>>
  readonly trajectory: { readonly loss: readonly (number | readonly number[])[] }
}

interface Oracles {
  readonly batch: number
  readonly models: Readonly<Record<Kind, ModelOracle>>
}

export const readOracles = (file: 'tiny' | 'models') =>
  JSON.parse(readFileSync(new URL(`../golden/${file}.json`, import.meta.url)).toString()) as Oracles

/** Our models by the oracle's names of them. */
export const KINDS = {
  autoencoder: 'A', vae: 'B', gan: 'C', dcgan: 'D', lsgan: 'E',
} as const satisfies Partial<Record<ModelName, Kind>>
export type OracleModel = keyof typeof KINDS
/** Models without such an oracle, and what tests what they compute. */
export const ELSEWHERE: Readonly<Record<Exclude<ModelName, OracleModel>, string>> = {
  acgan: 'the losses that it adds up: test/models/losses.test.ts',
  cgan: 'projection and hinge: test/models/losses.test.ts',
  'conv-vae': 'its likelihoods and divergence, in doubles: test/models/losses.test.ts',
  cvae: 'those of conv-vae',
  iwae: 'its bound, in doubles: test/models/losses.test.ts',
  rae: 'its loss, in doubles: test/models/losses.test.ts',
  sngan: 'spectral normalization: test/nn/more_layers.test.ts',
  'vq-vae': 'its book, gradient and prior: test/models/vq_vae.test.ts',
  'wae-mmd': 'the discrepancy, in doubles: test/models/losses.test.ts',
  'wgan-gp': 'the gradient penalty, by finite differences: test/models/losses.test.ts',
}
/** Our metrics and random streams by the oracle's names of losses and inputs. */
const LOSSES: Record<Kind, Readonly<Record<string, string>>> = {
  A: { mean: 'loss' },
  B: { total: 'loss', recon: 'reconstruction', kl: 'kl' },
  C: { d: 'discriminator', g: 'generator' },
  D: { d: 'discriminator', g: 'generator' },
  E: { d: 'discriminator', g: 'generator' },
}
const STREAMS: Readonly<Record<string, string>> = { epsilon: 'eps', noise: 'z1', 'noise#2': 'z2' }

/** What the oracle calls outputs, found in the graph of the first loss. */
function outputsOf(kind: Kind, loss: Tensor): Record<string, Tensor> {
  const nodes = topological([loss])
  const [image] = nodes.filter((t) => t.op.name === 'tanh')
  if (kind === 'A' || kind === 'B') return { recon: image! }
  const head = kind === 'D' ? 'discriminator/dense' : 'discriminator/dense_2'
  const [real, fake] = nodes.filter((t) => t.scope === head && t.op.name === 'add')
  return { fake_z1: image!, d_real_logits: real!, d_fake_logits: fake! }
}

export const madeFloats = ({ shape, lcg: { seed, scale, shift } }: Made): Float32Array => lcg(seed, sizeOf(shape), scale, shift)

export class BoundModel {
  readonly kind: Kind
  readonly oracle: ModelOracle
  readonly session: Session
  readonly stages: readonly Required<Omit<Stage, 'order'>>[]

  private constructor(kind: Kind, oracle: ModelOracle, session: Session, definition: ModelDefinition) {
    this.kind = kind
    this.oracle = oracle
    this.session = session
    const batch = oracle.inputs.x!.shape[0]!
    const stages = trainingStages(definition, { images: input('x', [batch, ...definition.imageShape]) })
    const made = rewrite(stages.flatMap(({ metrics, updates }) => [...Object.values(metrics!), ...updates!]), (node) =>
      node.op.name === 'randomNormal' ? input(STREAMS[node.attrs.stream as string]!, node.shape) : node)
    this.stages = stages.map(({ metrics, updates }) => ({
      outputs: {},
      metrics: Object.fromEntries(Object.entries(metrics!).map(([name, t]) => [name, made.get(t)!])),
      updates: updates!.map((u) => made.get(u)!),
    }))
  }
  static async make(kind: Kind, oracle: ModelOracle, definition: ModelDefinition): Promise<BoundModel> {
    return new BoundModel(kind, oracle, await newSession(), definition)
  }

  /** Losses, outputs and gradients, all at the oracle's weights: nothing is updated. */
  values(): { losses: Map<string, number>; outputs: Map<string, Float32Array>; grads: Map<string, Float32Array> } {
    const metrics = Object.assign({}, ...this.stages.map((s) => s.metrics)) as Record<string, Tensor>
    const outputs = outputsOf(this.kind, Object.values(this.stages[0]!.metrics)[0]!)
    const grads = this.stages.flatMap(({ updates }) => updates).filter((u) => u.op.name === 'optimizer')
      .map((u) => [`grad ${isVariable(u.inputs[0]!) && u.inputs[0].attrs.name}`, u.inputs.at(-1)!] as const)
    const fn = this.compile('values', [{ outputs: { ...metrics, ...outputs, ...Object.fromEntries(grads) } }])
    this.feed(fn)
    fn.run(1)
    const scale = this.kind === 'B' ? this.oracle.inputs.x!.shape[0]! : 1
    return {
      losses: new Map(Object.entries(LOSSES[this.kind]).map(([theirs, ours]) => [theirs, fn.read(ours)[0]! * scale])),
      outputs: new Map(Object.keys(outputs).map((name) => [name, fn.read(name)])),
      grads: new Map(Object.keys(this.oracle.params).map((name) => [name, fn.read(`grad ${variableName(this.kind, name)}`)])),
    }
  }

  /** The losses of `steps` training steps, before each update; the noise of step t is the oracle's. */
  trajectory(steps: number): number[][] {
    const fn = this.compile('train', this.stages)
    this.feed(fn)
    const { eps, z1, z2 } = this.oracle.inputs
    const scale = this.kind === 'B' ? this.oracle.inputs.x!.shape[0]! : 1
    return Array.from({ length: steps }, (_, i) => {
      if (eps) fn.feed('eps', lcg(1301 + i, sizeOf(eps.shape), 1.7))
      if (z1) fn.feed('z1', lcg(1501 + i, sizeOf(z1.shape), 1.7))
      if (z2) fn.feed('z2', lcg(1601 + i, sizeOf(z2.shape), 1.7))
      fn.clearMetrics()
      fn.run(1)
      const figures = fn.metrics()
      return this.stages.map(({ metrics }) => figures[Object.keys(metrics)[0]!]!.sum * scale)
    })
  }

  private compile(group: string, stages: FunctionSpec['stages']): CompiledFunction {
    const fn = this.session.compile({ group, stages })
    const variables = new Map(this.session.variables.map((v) => [v.attrs.name, v]))
    for (const [name, made] of Object.entries(this.oracle.params)) {
      const v = variables.get(variableName(this.kind, name))!
      if (v.shape.join() !== made.shape.join()) throw new Error(`${name} is [${made.shape}], ${v.attrs.name} is [${v.shape}]`)
      this.session.values(v).set(madeFloats(made))
    }
    return fn
  }
  private feed(fn: CompiledFunction): void {
    for (const [name, made] of Object.entries(this.oracle.inputs)) fn.feed(name, madeFloats(made))
  }
}
