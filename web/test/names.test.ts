// Whatever the package has and the page shows has a name in both languages: models, their options and figures, sets and classes.
import { createRuntime, Model } from 'ganglion'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { facts } from '../plugins/models.ts'
import sets from '../src/state/sets.json'
import { en } from '../src/text/en.ts'
import { zh } from '../src/text/zh.ts'
import { exported } from '../src/workers/kinds.ts'

/** Figures that the page itself draws: the loss on test images, a discriminator's scores. */
const OWN = ['test', 'real', 'made']
const sorted = (names: Iterable<string>) => [...new Set(names)].sort()
const kinds = facts()

describe.each([['en', en], ['zh', zh]] as const)('%s', (language, { models, metrics, options, sets: setNames, classNames }) => {
  test('models', () => {
    expect(sorted(Object.keys(models))).toEqual(sorted(kinds.map(({ kind }) => kind)))
    expect(Object.values(models).filter((name) => !name)).toEqual([])
  })

  test('options', () => {
    const all = kinds.flatMap((of) => of.options)
    // In English the package says what they are.
    if (language === 'en') expect(all.filter(({ name, help }) => !(options[name] ?? help))).toEqual([])
    else expect(sorted(Object.keys(options))).toEqual(sorted(all.map(({ name }) => name)))
    expect(Object.values(options).filter((name) => !name)).toEqual([])
  })

  test('sets of images, and their classes but for digits', () => {
    expect(Object.keys(setNames)).toEqual(expect.arrayContaining(Object.keys(sets)))
    const all = Object.values(sets).flatMap(({ classes }) => classes).filter((name) => !/^\d$/.test(name))
    // In English they are what they are called.
    if (language === 'zh') expect(sorted(Object.keys(classNames))).toEqual(sorted(all))
  })

  describe('figures', () => {
    let runtime: Awaited<ReturnType<typeof createRuntime>>
    beforeAll(async () => {
      runtime = await createRuntime()
    })
    afterAll(() => runtime.close())
    const known = new Set(OWN)

    test.each(exported.map(({ kind }) => [kind.kind, kind] as const))('%s', async (_, kind) => {
      const { names } = await Model.create(runtime, kind())
      for (const name of [...names.metrics, ...names.figures]) {
        known.add(name)
        expect(metrics[name], name).toBeTruthy()
      }
    })

    test('no others', () => {
      expect(sorted(Object.keys(metrics))).toEqual(sorted(known))
    })
  })
})
