// Spectral normalization of a layer's kernel (Miyato et al. 2018, arXiv:1802.05957), by power iteration.
// Invariant: a pass has one normalized kernel, and moves u once, however often it uses the layer.
import { input, type Variable, variable } from '../graph/leaves.ts'
import { currentScope, scoped, shapeError, type Tensor } from '../graph/tensor.ts'
import { rewrite } from '../graph/walk.ts'
import { add, div, mul } from '../ops/arithmetic.ts'
import { assign } from '../ops/assign.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduce.ts'
import { reshape } from '../ops/reshape.ts'
import { stopGradient } from '../ops/stop_gradient.ts'
import { rsqrt, square } from '../ops/unary.ts'
import { check, complete, count, type Given, isObject, option, rule } from '../options.ts'
import { truncatedNormal } from './initializers.ts'
import type { Layer, Pass } from './layer.ts'

const SPECTRAL = {
  /** Steps of the power iteration in each training step. Default 1. */
  powerIterations: option(count, 1),
}
export type SpectralOptions = Given<typeof SPECTRAL>
const LAYER_RULE = rule('a layer', (x): x is Layer => isObject(x) && 'apply' in x && 'variables' in x)

/** Keeps 0 / 0 from a kernel of zeros. */
const TINY = 1e-12
const unit = (x: Tensor): Tensor => mul(x, rsqrt(add(sum(square(x)), TINY)))

/**
 * `layer` with its kernel divided by its largest singular value σ, the kernel seen as a matrix of its last axis (Keras'
 * SpectralNormalization). u [1, columns], of role 'statistic', is `NAME/vector_u`; training moves it by the power iteration, and
 * gradients go through σ = v·W·uᵀ with u and v as constants.
 * @throws RangeError, when it is used, where the layer has no kernel; TypeError where it is no layer
 * @example
 * layers.spectralNormalization(layers.dense({ units: 1 }))
 */
export function spectralNormalization(inner: Layer, options: SpectralOptions = {}): Layer {
  check('spectralNormalization', 'the layer', inner, LAYER_RULE)
  const { powerIterations } = complete('spectralNormalization', options, SPECTRAL)
  const known = new WeakMap<Pass, Tensor>()
  let vector: Variable | undefined

  function normalized(kernel: Tensor, pass: Pass, trainable: boolean): Tensor {
    const found = known.get(pass)
    if (found) return found
    const matrix = reshape(kernel, [-1, kernel.shape.at(-1)!])
    const fixed = stopGradient(matrix)
    let u: Tensor = vector!
    let v = unit(matmul(u, fixed, { transposeB: true }))
    if (pass.training && trainable) {
      for (let i = 0; i < powerIterations; i++) {
        if (i) v = unit(matmul(u, fixed, { transposeB: true }))
        u = unit(matmul(v, fixed))
      }
      pass.addUpdate(assign(vector!, stopGradient(u)))
    }
    const sigma = matmul(matmul(stopGradient(v), matrix), stopGradient(u), { transposeB: true })
    const made = div(kernel, reshape(sigma, []))
    known.set(pass, made)
    return made
  }

  const made: Layer = {
    kind: 'spectralNormalization',
    name: inner.name,
    get trainable() {
      return inner.trainable !== false
    },
    set trainable(value) {
      inner.trainable = value
    },
    get variables() {
      return [...inner.variables, ...(vector ? [vector] : [])]
    },
    apply(x, pass, as = inner.name) {
      // Applied to a stand-in, so that nothing before the layer is rewritten.
      const given = input('x', x.shape)
      const y = inner.apply(given, pass, as)
      const kernel = inner.variables.find((each) => each.attrs.name.endsWith('/kernel'))
      if (!kernel) throw shapeError('spectralNormalization', `the layer '${inner.name}' has no kernel; leave it as it is`)
      return scoped(as, () => {
        const columns = kernel.shape.at(-1)!
        vector ??= variable(`${currentScope()}/vector_u`, [1, columns], truncatedNormal({ stddev: 0.02 }), 'statistic')
        const weight = normalized(kernel, pass, made.trainable !== false)
        return rewrite([y], (node) => (node === given ? x : node === kernel ? weight : node)).get(y)!
      })
    },
  }
  return made
}
