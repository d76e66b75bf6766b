// The registry is complete: what each model of it says of itself holds, and what must be there for each is there.
// A model that was added fails here, by name, until its goldens are written. What its record lacks does not compile.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as exported from '../../src/entries/models.ts'
import { golden as benchGolden } from '../../src/bench/golden.ts'
import { loadedOptions } from '../../src/checkpoint/options.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { cosine } from '../../src/nn/schedules.ts'
import { golden as verifyGolden } from '../../src/verify/golden.ts'
import { recipeNames } from '../../src/verify/index.ts'

const { curves } = JSON.parse(readFileSync(new URL('../golden/curves.json', import.meta.url), 'utf8')) as { curves: object }
const page = readFileSync(new URL('../../docs/models.md', import.meta.url), 'utf8')

describe.each(modelNames)('%s', (name) => {
  const define = models[name]

  it('is known by its own name, and by a line', () => {
    expect(define.kind).toBe(name)
    expect(define().kind).toBe(name)
    expect(define.summary).toMatch(/^.{10,80}$/)
    expect(define.paper).toMatch(/\d{4}/)
    for (const { help } of Object.values(define.options)) expect(help).toMatch(/^.{4,90}$/)
  })

  it('has defaults that its rules let pass, and makes itself again of the options that it reports', () => {
    for (const [key, { fault, initial }] of Object.entries(define.options)) expect(fault(initial), key).toBeNull()
    expect(Object.keys(define().options)).toEqual(Object.keys(define.options))
    for (const options of [{}, define.verify.options]) {
      const { options: reported } = define(options)
      expect(reported).toMatchObject(options)
      expect(define(reported).options).toEqual(reported)
    }
  })

  it('is exported under its name in camel case', () => {
    expect(exported).toHaveProperty(name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), define)
  })

  it('takes a schedule as its rate, and reports it as plain JSON that makes it again', () => {
    const given = cosine({ initial: 1e-3, steps: 100, alpha: 0.1 })
    const { options, optimizers } = define({ learningRate: given })
    expect(options['learningRate']).toEqual({ schedule: 'cosine', initial: 1e-3, steps: 100, alpha: 0.1 })
    expect(optimizers.map(({ schedule }) => schedule)).toEqual(optimizers.map(() => given))
    const again = define(loadedOptions(JSON.parse(JSON.stringify(options)) as typeof options))
    expect(again.options).toEqual(options)
    for (const { schedule } of again.optimizers) expect(schedule?.toJSON()).toEqual(given.toJSON())
    const wrong = `${name}: learningRate is 'fast', expected 0 or more, within float32, or a schedule`
    expect(() => define({ learningRate: 'fast' })).toThrow(new TypeError(wrong))
  })

  it('has its row in docs/models.md', () => expect(page).toContain(`\n| \`${name}\` |`))

  it('has its goldens: run "npm run golden" where not', () => {
    const { batchSize } = define.bench
    const missing = [
      ...(Object.hasOwn(curves, name) ? [] : ['a curve in test/golden/curves.json']),
      ...recipeNames.filter((recipe) => recipe.split('/')[1] === name && !Object.hasOwn(verifyGolden, recipe)),
      ...(Object.hasOwn(benchGolden, `${name} ${batchSize}`) ? [] : [`'${name} ${batchSize}' in src/bench/golden.ts`]),
    ]
    expect(missing).toEqual([])
    expect(recipeNames.filter((recipe) => recipe.split('/')[1] === name).length).toBeGreaterThanOrEqual(3)
  })
})
