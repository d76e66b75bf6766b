// All recipes, in the order in which they run: the smallest parts first.
import type { Recipe } from '../recipe.ts'
import { accumulations } from './accumulate.ts'
import { large } from './large.ts'
import { beginnings, lives, trainings } from './models.ts'
import { ops } from './ops.ts'
import { random } from './random.ts'
import { special } from './special.ts'
import { updates } from './updates.ts'

export const recipes: readonly Recipe[] = [
  ...ops, ...special, ...random, ...updates, ...large, ...beginnings, ...trainings, ...accumulations, ...lives,
]
