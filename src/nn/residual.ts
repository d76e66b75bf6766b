// Layers beside a way round them.
import { sameShape, scoped, shapeError, show, type Tensor } from '../graph/tensor.ts'
import { add } from '../ops/arithmetic.ts'
import { check, name as nameRule } from '../options.ts'
import { type Layer, layersRule, type Pass } from './layer.ts'
import { sequential } from './sequential.ts'

/**
 * layers(x) + shortcut(x): a residual block (He et al. 2015, arXiv:1512.03385). Without a shortcut, x itself is added.
 * @param name the scope of its layers; of those of the shortcut it is `name/shortcut`
 * @param shortcut layers that bring x to the shape of what `layers` give
 * @throws RangeError, when it is used, where the two sides have different shapes
 * @example
 * layers.residual('block', [
 *   layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
 *   layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same' }),
 * ])
 */
export function residual(name: string, layers: readonly Layer[], shortcut: readonly Layer[] = []): Layer {
  check('residual', 'name', name, nameRule)
  check('residual', 'layers', layers, layersRule)
  check('residual', 'the shortcut', shortcut, layersRule)
  const body = sequential(name, layers)
  const side = sequential('shortcut', shortcut)
  const all = [body, side]
  return {
    kind: 'residual',
    name,
    layers: all,
    get trainable() {
      return all.some((l) => l.trainable !== false)
    },
    set trainable(value) {
      for (const l of all) l.trainable = value
    },
    get variables() {
      return [...new Set(all.flatMap((l) => l.variables))]
    },
    apply: (x: Tensor, pass: Pass, as = name) => {
      const y = body.apply(x, pass, as)
      return scoped(as, () => {
        const other = side.apply(x, pass)
        if (sameShape(y.shape, other.shape)) return add(y, other)
        const mend = 'give a shortcut that brings x to it'
        throw shapeError('residual', `the layers give ${show(y.shape)}, and beside them is ${show(other.shape)}; ${mend}`)
      })
    },
  }
}
