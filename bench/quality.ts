// Learned quality on real MNIST with the reference settings (docs/models.md, "How well they learn"), beside PyTorch's seeds.
// The exit code is 1 where a mean is worse than allowed, or seed 1 ends in another digest.
import { autoencoder, createRuntime, gan, type ImageDataset, Model, vae } from '../src/entries/index.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import { loadDataset } from '../src/node/datasets.ts'
import { classify, FEATURES, inceptionScore, loadReference } from '../test/quality/classifier.ts'
import { frechetDistance, gaussian } from '../src/metrics/frechet.ts'
import { command } from './command.ts'
import { table } from './output.ts'

interface Recipe {
  readonly definition: () => ModelDefinition
  readonly epochs: number
  readonly figure: string
  /** PyTorch: mean and standard deviation of three seeds. */
  readonly reference: readonly [mean: number, deviation: number]
  /** What seed 1 ends in, in every runtime. */
  readonly digest: string
  readonly judge: (model: Model, test: ImageDataset) => { figure: number } & Record<string, number>
}

const loss: Recipe['judge'] = (model, test) => {
  const { loss: figure, ...rest } = model.evaluate(test)
  return { figure: figure!, ...rest }
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  autoencoder: {
    definition: autoencoder, epochs: 10, figure: 'test mean squared error a pixel', reference: [0.09405, 0.0042], judge: loss,
    digest: '1eeafcbcdd5735fca48ed499c88590ca8d42a2cf6fc8a4d2e1aac298cd6e3f73',
  },
  vae: {
    definition: vae, epochs: 10, figure: 'test loss a sample', reference: [69.26, 0.9], judge: loss,
    digest: 'b3bd361420946affe18ac7d2d99898c9332ad193a23b011410894100ffeb214f',
  },
  gan: {
    definition: gan,
    epochs: 20,
    figure: 'Fréchet distance of 10,000 samples',
    reference: [9.496, 0.93],
    digest: '9368b8a8dd5c711ae45b6a943c444542c55be5887923b6cdda6c719ec5336689',
    judge(model) {
      const { features, logits } = classify(model.sample(10000, { seed: 1000 + model.session.seed }))
      const figure = frechetDistance(gaussian({ values: features, width: FEATURES }), loadReference())
      return { figure, inceptionScore: inceptionScore(logits) }
    },
  },
}

export const quality = command({
  summary: 'what the reference recipes learn of MNIST, by seed, beside PyTorch; all of it takes most of an hour',
  takes: '[RECIPE …]',
  options: { seeds: [1, 2, 3] },
  async run({ seeds }, given) {
    const names = given.length ? given : Object.keys(RECIPES)
    const unknown = names.find((name) => !Object.hasOwn(RECIPES, name))
    const known = Object.keys(RECIPES).join(', ')
    if (unknown !== undefined) throw new RangeError(`no recipe is called "${unknown}"; there are: ${known}`)
    const runtime = await createRuntime()
    const train = await loadDataset('mnist', { split: 'train' })
    const test = await loadDataset('mnist', { split: 'test' })
    const results = []
    for (const name of names) {
      const { definition, epochs, figure, judge, reference: [pytorch, deviation], digest } = RECIPES[name]!
      const runs = []
      for (const seed of seeds) {
        const model = await Model.create(runtime, definition(), { seed })
        for await (const p of model.train(train, { epochs, batchSize: 128 })) {
          if (!p.epochDone) continue
          console.log(`${name} seed ${seed} epoch ${p.epoch}: ${JSON.stringify(p.metrics)} ${p.seconds.toFixed(1)} s`)
        }
        const run = { seed, ...judge(model, test), digest: await model.digest() }
        console.log(`${name} seed ${seed}: ${JSON.stringify(run)}`)
        runs.push(run)
      }
      const mean = runs.reduce((sum, run) => sum + run.figure, 0) / runs.length
      const variance = runs.reduce((sum, run) => sum + (run.figure - mean) ** 2, 0) / Math.max(runs.length - 1, 1)
      const limit = pytorch + 2 * deviation
      const first = runs.find(({ seed }) => seed === 1)?.digest ?? digest
      if (first !== digest) console.log(`${name} seed 1: other bits than the recipe's, ${digest}`)
      const theirs = { mean: pytorch, deviation }
      results.push({
        model: name, figure, epochs, mean, deviation: Math.sqrt(variance), limit, pytorch: theirs, runs,
        pass: mean <= limit && first === digest,
      })
    }
    console.log('')
    console.log(table(['model', 'figure', 'seeds', 'mean ± sd', 'PyTorch', 'allowed', ''], results.map((r) => [
      `${r.model}, ${r.epochs} epochs`, r.figure, r.runs.map((run) => run.figure.toPrecision(4)).join(', '),
      `${r.mean.toPrecision(4)} ± ${r.deviation.toPrecision(2)}`, `${r.pytorch.mean} ± ${r.pytorch.deviation}`,
      `≤ ${r.limit.toPrecision(4)}`, r.pass ? 'met' : 'missed',
    ])))
    if (results.some(({ pass }) => !pass)) process.exitCode = 1
    return { results }
  },
})
