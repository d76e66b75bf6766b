// What users see as `schedules`.
export { cosine, exponential, from, linear, piecewise, warmup } from '../schedules.ts'
export type {
  CosineOptions, ExponentialOptions, LinearOptions, PiecewiseOptions, Rate, SavedSchedule, Schedule, WarmupOptions,
} from '../schedules.ts'
