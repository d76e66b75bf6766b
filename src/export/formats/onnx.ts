// ONNX: what onnxruntime and most accelerators read. The random draw stays outside: a generator takes noise.
import { flag, oneOf, option } from '../../options.ts'
import { defineFormat } from '../format.ts'

export const onnx = defineFormat({
  name: 'onnx',
  summary: 'ONNX, IR 8 and opset 17, for batches of any size: onnxruntime and most accelerators',
  suffix: '.onnx',
  options: {
    layout: option(oneOf('nchw', 'nhwc'), 'nchw', "nchw or nhwc: the order of images' axes at inputs and outputs"),
    float16: option(flag, false, 'weights in half floats: half the size'),
  },
  async write(source, options) {
    // eslint-disable-next-line no-restricted-syntax -- what a format takes is loaded when it is asked for; a page may catch that
    const { writeOnnx } = await import('../onnx/write.ts')
    return new Map([[`${source.part}.onnx`, writeOnnx(source, options)]])
  },
})
