// A run's settings as a program of the package's public API, which ends in the digest that the page shows.
import { isPlane, type SetName, SETS, TRAINED } from './data.ts'
import { factsOf, optionValue } from './facts.ts'
import type { Wanted } from './own.ts'
import source from './points.ts?raw'
import type { Settings } from './settings.ts'

/** Where its images come from: what it imports for that, from where, what it says of them, what it needs installed. */
interface Images {
  readonly core: readonly string[]
  readonly node: readonly string[]
  readonly made: string
  /** Whether the model must be told what images are like. */
  readonly told: boolean
  readonly install?: string
  /** What stands at its end. */
  readonly code?: string
}

function imagesOf(data: string, own?: Wanted): Images {
  if (own) {
    const made = `size: ${own.size}, channels: ${own.channels}, fit: '${own.fit}', skipBroken: true`
    return { core: [], node: ['loadDataset'], made: `await loadDataset('./pictures', {\n  ${made},\n})`, told: true }
  }
  if (isPlane(data)) {
    const made = `imageDataset({ name: '${data}', shape: [1, 1, 2], ...pointsOf('${data}', ${TRAINED}) })`
    const code = source.replace(/^ *\/\/.*\n/gm, '').replace(/\/\*\*.*\*\/\n/, '').replace('export ', '').trim()
    return { core: ['imageDataset'], node: [], made, told: true, code }
  }
  const { package: install, trained, load } = SETS[data as SetName]
  const how = load && Object.entries(load).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')
  return how ? { core: [], node: ['loadDataset'], made: `await loadDataset('${data}', { ${how} })`, told: true, install }
    : { core: ['take'], node: ['loadDataset'], made: `take(await loadDataset('${data}'), ${trained})`, told: false, install }
}

const imported = (names: readonly string[], from: string): string => (
  names.length ? `import { ${[...names].sort((a, b) => a.localeCompare(b, 'en')).join(', ')} } from '${from}'\n` : '')

/** @param own what pictures of one's own were made into */
export function programOf(settings: Settings, own?: Wanted, digest?: string): string {
  const { model, data, batch, latent, rate, seed, steps, augment } = settings
  const { name, entry, classes, latent: numbers, options: taken } = factsOf(model)
  const { core, node, made, told, install, code } = imagesOf(data, own)
  const changed = taken.filter((each) => settings.options[each.name] !== each.initial)
    .map((each) => `${each.name}: ${JSON.stringify(optionValue(each, settings.options[each.name]!)).replace(/"/g, "'")}`)
  const options = [
    ...(numbers === null ? [] : [`latent: ${latent}`]), `learningRate: ${rate}`, ...changed,
    ...(told ? ['imageShape: images.shape'] : []), ...(told && classes ? ['classes: images.classes'] : []),
  ]
  const definition = `${name}({ ${options.join(', ')} })`
  const models = [...(entry === 'ganglion' ? [] : [name]), ...(augment ? ['augmented'] : [])]
  return `// npm install ganglion${install ? ` ${install}` : ''}
${imported(['createRuntime', 'Model', ...core, ...(entry === 'ganglion' ? [name] : [])], 'ganglion')}${
  imported(models, 'ganglion/models')}${imported(node, 'ganglion/node')}
const images = ${made}
const runtime = await createRuntime({ threads: 'auto' })
const definition = ${augment ? `augmented(${definition}, '${augment}')` : definition}
const model = await Model.create(runtime, definition, { seed: ${seed} })

const training = model.train(images, {
  batchSize: ${batch}, steps: ${steps}, epochs: ${steps},
})
for await (const { step, metrics } of training) console.log(step, metrics)

console.log(await model.digest())${digest ? `\n// ${digest}` : ''}
await runtime.close()
${code ? `\n${code}\n` : ''}`
}
