// Runs ONNX files in onnxruntime, in this process, and says how far a result is from ours.
import * as web from 'onnxruntime-web'

web.env.wasm.numThreads = 1
web.env.logLevel = 'error'

export interface Fed {
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

/** Gives the outputs of a file, by their names. */
export type RunOnnx = (file: Uint8Array, inputs: Readonly<Record<string, Fed>>) => Promise<Map<string, Fed>>

/** What onnxruntime-web and onnxruntime-node have alike. */
export type OnnxRuntime = Pick<typeof web, 'InferenceSession' | 'Tensor'>

/** Runs files in a runtime. @param provider its own name for where it computes */
export const runIn = ({ InferenceSession, Tensor }: OnnxRuntime, provider: 'wasm' | 'cpu'): RunOnnx => async (file, inputs) => {
  const session = await InferenceSession.create(file, { executionProviders: [provider], graphOptimizationLevel: 'all' })
  try {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, { shape, data }]) => (
      [name, new Tensor(data instanceof Float32Array ? 'float32' : 'int64', data, shape)])))
    const outputs = await session.run(feeds)
    return new Map(Object.entries(outputs).map(([name, { dims, data }]) => [name, { shape: dims, data: data as Float32Array }]))
  } finally {
    await session.release()
  }
}

export const runOnnx = runIn(web, 'wasm')

/** The largest difference of two results, relative to the largest of what is expected. */
export function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [most, size] = [0, 1e-30]
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(found[i]! - expected[i]!))
    size = Math.max(size, Math.abs(expected[i]!))
  }
  return found.length === expected.length && !Number.isNaN(most) ? most / size : Infinity
}
