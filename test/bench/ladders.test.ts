// Each op with cases has a ladder for `npm run bench -- kernels`, or a reason why not.
import { expect, it } from 'vitest'
import { LADDERS, WITHOUT } from '../../bench/ladders.ts'
import { sizeOf } from '../../src/graph/tensor.ts'
import { opCases } from '../../src/verify/cases/index.ts'

it('every op has one ladder or a reason', () => {
  const names = [...LADDERS.map(({ of }) => of.op), ...Object.keys(WITHOUT)].sort()
  expect(names).toEqual(opCases.map(({ op }) => op).sort())
})

it('each has sizes that grow past those of the cases', () => {
  const largest = (cases: (typeof LADDERS)[number]['cases']) =>
    Math.max(...cases.map(({ shapes }) => shapes.reduce((n, shape) => n + sizeOf(shape), 0)))
  for (const { of, cases } of LADDERS) {
    expect(cases.length, of.op).toBeGreaterThan(1)
    expect(largest(cases), of.op).toBeGreaterThan(largest(of.cases))
  }
})
