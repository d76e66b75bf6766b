// Two commits are compared by the models that both have; the others are named.
import { expect, it } from 'vitest'
import { missing } from '../../bench/compare_builds.ts'
import type { ModelName } from '../../src/models/kinds.ts'

const commit = (name: string, ...models: ModelName[]) => ({ name, has: (model: ModelName) => models.includes(model) })

it('says which of them lacks a model', () => {
  const [old, now] = [commit('a869c92 before', 'vae'), commit('this checkout', 'vae', 'lsgan')]
  expect(missing('vae', [old, now])).toBeNull()
  expect(missing('lsgan', [old, now])).toBe('not compared: there is no lsgan in a869c92 before')
  expect(missing('gan', [old, now])).toBe('not compared: there is no gan in a869c92 before, nor in this checkout')
})
