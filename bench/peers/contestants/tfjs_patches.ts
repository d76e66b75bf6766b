// What a user of tfjs's wasm backend can do about its two weak points: transposed products, which its gradients ask for
// and which run ten times slower than plain ones, and the missing kernel of the gradient of convolution's filter.
import * as tf from '@tensorflow/tfjs'

const transposed = (x: tf.Tensor): tf.Tensor => tf.transpose(x, x.rank === 3 ? [0, 2, 1] : [1, 0])

/** Every tap of a filter sees a slice of the padded image with strides; side by side they are the rows of a matrix. */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attrs: tf.Conv2DBackpropFilterAttrs): tf.Tensor {
  const [height, width, channels, filters] = attrs.filterShape
  const { strideHeight: sh, strideWidth: sw, padInfo: { top, left, bottom, right }, outHeight, outWidth } =
    tf.backend_util.computeConv2DInfo(x.shape, attrs.filterShape, attrs.strides, 1, attrs.pad as 'same', attrs.dimRoundingMode)
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

export function patch(): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const [x, dy] = [inputs.x, inputs.dy] as unknown as [tf.Tensor4D, tf.Tensor4D]
      return tf.tidy(() => filterGradient(x, dy, attrs as unknown as tf.Conv2DBackpropFilterAttrs))
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
