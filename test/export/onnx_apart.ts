// How far a runtime of ONNX is from us, of a part of a model.
import { expect } from 'vitest'
import { exportModel, type ExportOptions } from '../../src/export/export.ts'
import { permuted } from '../../src/export/fold.ts'
import type { Part } from '../../src/export/part.ts'
import type { Model } from '../../src/train/model.ts'
import { distance, type Fed, type RunOnnx, runOnnx } from './onnx_run.ts'
import { oursOf } from './parts.ts'

const TO = { nchw: [0, 3, 1, 2], nhwc: [0, 2, 3, 1] }
/** The axes of an image in another order. */
const turned = ({ shape, data }: Fed, perm: readonly number[]): Fed => (shape.length < 4 ? { shape, data }
  : { shape: perm.map((axis) => shape[axis]!), data: permuted(data as Float32Array, shape, perm) })

export const fileOf = async (model: Model, options: ExportOptions<'onnx'>) =>
  [...(await exportModel(model, 'onnx', options)).values()][0] as Uint8Array

/** @param run the runtime; onnxruntime-web by default */
export async function apart(
  model: Model, part: Part, rows: number, options: ExportOptions<'onnx'> = {}, run: RunOnnx = runOnnx,
): Promise<number> {
  const { inputs, outputs } = oursOf(model, part, rows)
  const nchw = options.layout !== 'nhwc'
  const fed = [...inputs].map(([name, value]) => [name, name === 'labels'
    ? { shape: value.shape, data: BigInt64Array.from(value.data, (x) => BigInt(x)) } : nchw ? turned(value, TO.nchw) : value])
  const found = await run(await fileOf(model, { ...options, part }), Object.fromEntries(fed) as Record<string, Fed>)
  expect([...found.keys()]).toEqual([...outputs.keys()])
  return Math.max(...[...outputs].map(([name, value]) => {
    const wanted = nchw ? turned(value, TO.nchw) : value
    expect(found.get(name)!.shape).toEqual(wanted.shape)
    return distance(found.get(name)!.data as Float32Array, wanted.data as Float32Array)
  }))
}
