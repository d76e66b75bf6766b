// The PyTorch cases of test/golden/ops.json: their inputs, expected values and gradients, and how to run one.
// Inputs are the same f32 numbers that PyTorch saw (in doubles); expected values are f64.
import { reshape } from '../../src/ops/reshape.ts'
import { readFileSync } from 'node:fs'
import { gradients } from '../../src/autodiff/gradients.ts'
import { type Shape, sizeOf, type Tensor } from '../../src/graph/tensor.ts'
import type { Session } from '../../src/runtime/session.ts'
import { lcg } from '../golden/lcg.ts'
import { evaluate } from '../harness.ts'
import type { Array64 } from '../reference/arrays.ts'

interface Given {
  readonly shape: Shape
  readonly lcg?: { readonly seed: number; readonly scale: number; readonly shift: number }
  readonly values?: readonly number[]
}
/** A tensor in ops.f64; `offset` counts doubles. */
export interface Ref {
  readonly shape: Shape
  readonly offset: number
}
export interface OracleCase {
  readonly name: string
  readonly op: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each op has its own attributes (see gen_oracles.py)
  readonly attrs: Readonly<Record<string, any>>
  readonly inputs: Readonly<Record<string, Given>>
  /** The upstream gradient; the optimizers' cases have none. */
  readonly dy?: Given
  readonly y: Ref
  readonly grads: Readonly<Record<string, Ref>>
  readonly extra: Readonly<Record<string, Ref>>
  readonly note?: string
}
export type Named<T> = Record<string, T>

const read = (name: string): Buffer => readFileSync(new URL(`../golden/${name}`, import.meta.url))

export const cases: readonly OracleCase[] = (JSON.parse(read('ops.json').toString()) as { cases: OracleCase[] }).cases
const doubles = new Float64Array(new Uint8Array(read('ops.f64')).buffer)

const floatsOf = ({ shape, lcg: made, values }: Given): Float32Array =>
  made ? lcg(made.seed, sizeOf(shape), made.scale, made.shift) : Float32Array.from(values!)

/** The case's inputs by name. */
export const inputsOf = (c: OracleCase): Named<Float32Array> =>
  Object.fromEntries(Object.entries(c.inputs).map(([name, given]) => [name, floatsOf(given)]))

/** The case's upstream gradient. */
export const dyOf = (c: OracleCase): Float32Array => floatsOf(c.dy!)

/** Expected values: PyTorch's, in doubles. */
export const valuesOf = ({ shape, offset }: Ref): Array64 => ({ shape, data: doubles.subarray(offset, offset + sizeOf(shape)) })

/** Builds a case's op from its inputs; more results than y (a batch norm's mean) go under `extra`. */
export type Build = (inputs: Named<Tensor>, attrs: OracleCase['attrs']) => Tensor | { y: Tensor; extra: Named<Tensor> }

export interface Result {
  readonly y: Float32Array
  readonly grads: Named<Float32Array>
  readonly extra: Named<Float32Array>
}

/** y, the gradient Σ dy·∂y/∂x of each input that the oracle has one for, and the extra results. */
export function runCase(session: Session, c: OracleCase, build: Build): Result {
  const names = Object.keys(c.inputs)
  const wrt = Object.keys(c.grads)
  const shapes = [...names.map((n) => c.inputs[n]!.shape), c.y.shape]
  let extras: string[] = []
  const [y, ...rest] = evaluate(session, shapes, (...xs) => {
    const inputs = Object.fromEntries(names.map((n, i) => [n, xs[i]!]))
    const built = build(inputs, c.attrs)
    const { y, extra } = 'extra' in built ? built : { y: built, extra: {} }
    extras = Object.keys(extra)
    return [y, ...gradients(y, wrt.map((n) => inputs[n]!), reshape(xs.at(-1)!, y.shape)), ...Object.values(extra)]
  }, [...Object.values(inputsOf(c)), dyOf(c)])
  const under = (keys: string[], from: number) => Object.fromEntries(keys.map((k, i) => [k, rest[from + i]!]))
  return { y: y!, grads: under(wrt, 0), extra: under(extras, wrt.length) }
}

export interface Worst {
  readonly error: number
  readonly at: number
}
/**
 * The largest (|actual − expected| − absolute) / (|expected| + floor·rms(expected)), and where; equal infinities are equal.
 * @param floor 0: every element by itself; 1: for sums of many terms, relative to the tensor's size as well
 * @param absolute an error that is forgiven; by default one step of f32's denormals
 */
export function worstError(actual: ArrayLike<number>, { data }: Array64, floor = 0, absolute = 2 ** -149): Worst {
  if (actual.length !== data.length) throw new RangeError(`${actual.length} values, expected ${data.length}`)
  const rms = Math.sqrt(data.reduce((s, e) => s + e * e, 0) / data.length)
  let worst: Worst = { error: 0, at: 0 }
  data.forEach((e, at) => {
    const difference = Math.max(0, Math.abs(actual[at]! - e) - absolute)
    const error = actual[at] === e || difference === 0 ? 0 : difference / (Math.abs(e) + floor * rms)
    if (!(error <= worst.error)) worst = { error, at }
  })
  return worst
}
