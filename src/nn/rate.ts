// A learning rate: a number, or a schedule, which is a function of the step. Its types and its rule.
// Apart from src/nn/schedules.ts, which makes schedules, so that what takes a rate takes none of them along.
import type { Tensor } from '../graph/tensor.ts'
import { isNumber, isRecord, rule, type Rule } from '../options.ts'

/** A rate that changes as training goes on: what optimizers take in place of a number. */
export interface Schedule {
  /** The rate of a step, given the number of steps done before it (`pass.step`): scalars. */
  at(step: Tensor): Tensor
  /** Its name and options as plain JSON, which `schedules.from` makes a schedule of again. */
  toJSON(): SavedSchedule
}
export type SavedSchedule = { readonly schedule: string } & Readonly<Record<string, unknown>>
/** A rate that stays as it is, or a schedule. */
export type Rate = number | Schedule

const isNumberOrObject = (x: unknown): x is Rate => isNumber(x) || isRecord(x)
const isSchedule = (x: unknown): x is Schedule => isRecord(x) && 'at' in x && 'toJSON' in x
/** 0, or what is neither 0 nor infinite as an f32, in which steps compute. */
const isRate = (x: number): boolean => x === 0 || (x > 0 && Math.fround(x) > 0 && Math.fround(x) < Infinity)

/** A learning rate that is a number, and one that may be a schedule. */
export const plainRate = /* @__PURE__ */ rule('0 or more, within float32', isNumber, isRate)
export const rate: Rule<Rate> = /* @__PURE__ */ rule('0 or more, within float32, or a schedule', isNumberOrObject,
  (x) => (isNumber(x) ? isRate(x) : isSchedule(x)))

/** Options as plain JSON: schedules as they are saved, all else as it is. */
export const plainOptions = (options: object): Readonly<Record<string, unknown>> => Object.fromEntries(
  Object.entries(options).map(([name, value]: [string, unknown]) => [name, isSchedule(value) ? value.toJSON() : value]))
