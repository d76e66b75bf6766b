// The namespace `schedules` of the package: the exports of other files that users see.
export { cosine, exponential, from, linear, piecewise, warmup } from '../schedules.ts'
export type {
  CosineOptions, ExponentialOptions, LinearOptions, PiecewiseOptions, Rate, SavedSchedule, Schedule, WarmupOptions,
} from '../schedules.ts'
