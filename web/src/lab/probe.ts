// What a step would see, of weights as they are: the norms of gradients, the divergence by number of the code, and what a
// discriminator believes of real and of made images. One function, run on a batch; it updates nothing.
import { type CompiledFunction, gradients, input, ops, type Tensor } from 'ganglion'
import { layerOf, type Opened, trained } from './graph.ts'

export interface Probed {
  /** ‖∂loss/∂weights‖ of each layer. */
  readonly norms: readonly { readonly layer: string, readonly norm: number }[]
  /** Nats of each number of the code, on average over images; null where there is no such divergence. */
  readonly divergence: Float32Array | null
  /** Scores of images; null where there is no discriminator. */
  readonly real: Float32Array | null
  readonly made: Float32Array | null
}

export interface Asked {
  readonly images: Float32Array
  readonly labels?: ArrayLike<number>
  /** Of the noise that images are made of. */
  readonly seed: number
}

/** The nearest tensor that `of` is made from with a row an image and a number of the code a column. */
function byNumber(of: Tensor, shape: readonly number[]): Tensor | null {
  for (let level = [of]; level.length; level = level.flatMap(({ inputs }) => inputs)) {
    const found = level.find((each) => each.shape.join() === shape.join())
    if (found) return found
  }
  return null
}

export class Probe {
  readonly #opened: Opened
  readonly #fn: CompiledFunction
  readonly #layers: readonly string[]

  constructor(opened: Opened) {
    const { definition, model, pass, rows, stages } = opened
    const pairs = trained(stages)
    const squares = pairs.map(([, gradient], i) => [`norm${i}`, ops.sum(ops.square(gradient))] as const)
    const kl = stages.map(({ metrics }) => metrics?.['kl']).find((each) => each !== undefined)
    const terms = kl && definition.codeShape.length === 1 ? byNumber(kl, [rows, ...definition.codeShape]) : null
    // The divergence is linear in its terms, so that each has its share by its slope.
    const divergence = terms && ops.sum(ops.mul(terms, gradients(kl!, [terms])[0]!), 0)
    const labels = (name: string) => (definition.classes ? input(name, [rows]) : undefined)
    const scores = (name: string, of: string) => (
      definition.discriminate!(input(name, [rows, ...definition.imageShape]), pass, labels(of)))
    this.#opened = opened
    this.#layers = pairs.map(([variable]) => layerOf(variable))
    this.#fn = model.session.compile({
      group: 'probe',
      stages: [{
        outputs: {
          ...Object.fromEntries(squares), ...(divergence && { divergence }),
          ...(definition.discriminate && { real: scores('seen', 'seen labels'), made: scores('made', 'made labels') }),
        },
      }],
    })
  }

  run({ images, labels, seed }: Asked): Probed {
    const { definition: { discriminate, classes = 1 }, model, rows } = this.#opened
    const fn = this.#fn
    const turns = Float32Array.from({ length: rows }, (_, i) => i % classes)
    const values: Readonly<Record<string, () => ArrayLike<number>>> = {
      images: () => images, seen: () => images, made: () => model.sample(rows, { seed }),
      labels: () => labels!, 'seen labels': () => labels!, 'made labels': () => turns,
    }
    // Before it runs: another function of the model may take its outputs' place.
    for (const name of fn.inputNames) fn.feed(name, values[name]!())
    fn.run(1)
    const squares = new Map<string, number>()
    this.#layers.forEach((layer, i) => squares.set(layer, (squares.get(layer) ?? 0) + fn.read(`norm${i}`)[0]!))
    const has = (name: string) => (fn.program.outputs.has(name) ? fn.read(name) : null)
    return {
      norms: [...squares].map(([layer, square]) => ({ layer, norm: Math.sqrt(square) })),
      divergence: has('divergence'), real: discriminate ? has('real') : null, made: discriminate ? has('made') : null,
    }
  }
}
