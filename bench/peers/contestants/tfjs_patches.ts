// What a user of tfjs's wasm backend can do about its weak points: transposed products, which its gradients ask for and
// which run ten times slower than plain ones; the missing kernel of the gradient of convolution's filter; the slow one
// of the gradient of its input, which transposed convolutions run forward.
import * as tf from '@tensorflow/tfjs'

const transposed = (x: tf.Tensor): tf.Tensor => tf.transpose(x, x.rank === 3 ? [0, 2, 1] : [1, 0])

/** Every tap of a filter sees a slice of the padded image with strides; side by side they are the rows of a matrix. */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attrs: tf.Conv2DBackpropFilterAttrs): tf.Tensor {
  const [height, width, channels, filters] = attrs.filterShape
  const { strideHeight: sh, strideWidth: sw, padInfo: { top, left, bottom, right }, outHeight, outWidth } =
    tf.backend_util.computeConv2DInfo(x.shape, attrs.filterShape, attrs.strides, 1, attrs.pad as 'same')
  const padded = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]])
  const columns: tf.Tensor[] = []
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const end = [x.shape[0], i + (outHeight - 1) * sh + 1, j + (outWidth - 1) * sw + 1, channels]
      const seen = tf.stridedSlice(padded, [0, i, j, 0], end, [1, sh, sw, 1])
      columns.push(tf.reshape(seen, [-1, channels]))
    }
  }
  const rows = tf.concat(columns, 1)
  return tf.reshape(tf.matMul(transposed(rows) as tf.Tensor2D, tf.reshape(dy, [-1, filters])), [height, width, channels, filters])
}

/** Zeros between the elements of an axis, and after the last. */
function spread(x: tf.Tensor4D, axis: 1 | 2, stride: number): tf.Tensor4D {
  if (stride === 1) return x
  const before = x.shape.slice(0, axis + 1).reduce((a, b) => a * b, 1)
  const apart = tf.pad(tf.reshape(x, [before, 1, -1]), [[0, 0], [0, stride - 1], [0, 0]])
  return tf.reshape(apart, x.shape.map((n, i) => (i === axis ? n * stride : n)) as typeof x.shape)
}

/** The same as a plain convolution of dy, its elements spread, with the filter turned. */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, attrs: tf.Conv2DBackpropInputAttrs): tf.Tensor {
  const [, inHeight, inWidth] = attrs.inputShape
  const [height, width] = filter.shape
  const { strideHeight: sh, strideWidth: sw, padInfo: { top, left }, outHeight, outWidth } =
    tf.backend_util.computeConv2DInfo(attrs.inputShape, filter.shape, attrs.strides, 1, attrs.pad as 'same')
  const after = [inHeight + top - outHeight * sh, inWidth + left - outWidth * sw]
  if (after.some((n) => n < 0)) throw new Error('the patch does not know this padding')
  const borders: [number, number][] = [[0, 0], [height - 1 - top, after[0]!], [width - 1 - left, after[1]!], [0, 0]]
  const padded = tf.pad(spread(spread(dy, 1, sh), 2, sw), borders)
  return tf.conv2d(padded, tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D, 1, 'valid')
}

export function patch(): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const [x, dy] = [inputs.x, inputs.dy] as unknown as [tf.Tensor4D, tf.Tensor4D]
      return tf.tidy(() => filterGradient(x, dy, attrs as unknown as tf.Conv2DBackpropFilterAttrs))
    },
  })
  tf.unregisterKernel(tf.Conv2DBackpropInput, 'wasm')
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropInput,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const [dy, filter] = [inputs.dy, inputs.filter] as unknown as [tf.Tensor4D, tf.Tensor4D]
      return tf.tidy(() => inputGradient(dy, filter, attrs as unknown as tf.Conv2DBackpropInputAttrs))
    },
  })
  tf.unregisterGradient(tf.BatchMatMul)
  tf.registerGradient({
    kernelName: tf.BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor]
      return {
        a: () => tf.matMul(dy as tf.Tensor, transposed(b)),
        b: () => tf.matMul(transposed(a), dy as tf.Tensor),
      }
    },
  })
}
