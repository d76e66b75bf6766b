// A model's options from data, as config.json, the command line and a worker's page have them: a saved schedule becomes a
// schedule. Apart from the models, because it reaches all schedules, and most programs need none.
import type { ModelDefinition, ModelOptions } from '../models/definition.ts'
import { from, type SavedSchedule } from '../nn/schedules.ts'

type Saved = ModelDefinition['options']
const isSaved = (x: Saved[string]): x is SavedSchedule =>
  typeof (x as Partial<SavedSchedule> | null)?.schedule === 'string'

/**
 * The options that make the definition that reported `saved`.
 * @throws TypeError, RangeError where a schedule is not one that was saved
 */
export const loadedOptions = (saved: Saved): ModelOptions =>
  Object.fromEntries(Object.entries(saved).map(([name, value]) => [name, isSaved(value) ? from(value) : value]))
