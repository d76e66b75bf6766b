// What a run is made of, in the page's address and nowhere else: opened again, the address is the same run.
// Invariant: every setting is written, defaults too, so that a link means the same when defaults have changed.
import { signal } from '@preact/signals'
import { FIRST_DATA, isData, isPlane } from './data.ts'
import { factsOf, models, type OptionFacts, optionText, optionValue } from './facts.ts'

export interface Settings {
  readonly model: string
  /** The name of what it trains on (data.ts). */
  readonly data: string
  readonly batch: number
  readonly latent: number
  readonly rate: number
  readonly seed: number
  /** How training images are changed at random: some of CHANGES with commas between, or ''. */
  readonly augment: string
  /** What the model takes besides, as texts (facts.ts). */
  readonly options: Readonly<Record<string, string>>
  /** The step after which the digest is taken. */
  readonly steps: number
  /** The digest that a link promises for that step; '' where none does. */
  readonly expected: string
}

/** Changes of training images, as `augmented` of ganglion/models has them. */
export const CHANGES = ['flip', 'shift', 'crop', 'noise', 'color'] as const
export type Change = (typeof CHANGES)[number]

/** Those of a text that there are, in their order. */
export const changesIn = (text: string): string => CHANGES.filter((name) => text.split(',').includes(name)).join()

export const VIEWS = ['train', 'data', 'inside', 'model', 'runs', 'take', 'verify', 'bench', 'lend'] as const
export type View = (typeof VIEWS)[number]

/** What is taken for each number: the rest is brought into it. */
export const RANGES = {
  batch: { min: 1, max: 1000, whole: true },
  latent: { min: 1, max: 512, whole: true },
  rate: { min: 1e-6, max: 1, whole: false },
  seed: { min: 0, max: 4294967295, whole: true },
  steps: { min: 1, max: 1_000_000, whole: true },
} as const
export type NumberName = keyof typeof RANGES

const FIRST = 'vae'

/** Images a step takes, so that one sees it move. */
const BATCH = 64

/** Of points of a plane: two numbers need no more. */
const PLANE = { latent: 2, rate: 1e-3, units: '64' } as const
const UNITS = ['hidden', 'discriminatorHidden']

export function defaultsOf(model: string, data: string = FIRST_DATA): Settings {
  const { latent, rate, batch, options } = factsOf(model)
  const plane = isPlane(data)
  const initialOf = ({ name, initial }: OptionFacts) => (plane && UNITS.includes(name) ? PLANE.units : initial)
  return {
    model, data, batch: Math.min(BATCH, batch ?? BATCH), seed: 1, augment: '',
    latent: plane ? PLANE.latent : latent ?? 20, rate: plane ? PLANE.rate : rate ?? 1e-3,
    options: Object.fromEntries(options.map((each) => [each.name, initialOf(each)])), steps: 500, expected: '',
  }
}

/** What a model's maker takes, but for what the data decide. */
export function modelOptions({ model, latent, rate, options }: Settings): Record<string, unknown> {
  const facts = factsOf(model)
  const others = facts.options.map((each) => [each.name, optionValue(each, options[each.name]!)])
  return { ...(facts.latent !== null && { latent }), learningRate: rate, ...Object.fromEntries(others) }
}

/** A number within its range, or the other one where it is none. */
export function within(name: NumberName, value: number, otherwise: number): number {
  const { min, max, whole } = RANGES[name]
  if (!Number.isFinite(value)) return otherwise
  const inside = Math.min(max, Math.max(min, value))
  return whole ? Math.round(inside) : inside
}

interface Address {
  readonly settings: Settings
  readonly view: View
  /** What it is compared with. */
  readonly rival: Settings | null
}

export function read(hash: string): Address {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const model = given.get('model') ?? FIRST
  const data = given.get('data') ?? ''
  const defaults = defaultsOf(models.some(({ kind }) => kind === model) ? model : FIRST, isData(data) ? data : FIRST_DATA)
  const number = (name: NumberName) => within(name, given.has(name) ? Number(given.get(name)) : NaN, defaults[name])
  const expected = given.get('digest') ?? ''
  const view = given.get('view') as View
  return {
    settings: {
      model: defaults.model, data: defaults.data,
      batch: number('batch'), latent: number('latent'), rate: number('rate'), seed: number('seed'),
      augment: changesIn(given.get('augment') ?? ''),
      options: Object.fromEntries(factsOf(defaults.model).options.map((each) => (
        [each.name, optionText(each, given.get(each.name) ?? '') ?? defaults.options[each.name]!]))),
      steps: number('steps'), expected: /^[0-9a-f]{64}$/.test(expected) ? expected : '',
    },
    view: VIEWS.includes(view) ? view : 'train',
    rival: given.has('rival') ? read(given.get('rival')!).settings : null,
  }
}

/** What an address says of every run, in the order in which it says it. */
const NAMES = ['model', 'data', 'batch', 'latent', 'rate', 'seed', 'augment', 'steps'] as const

export function write({ expected, options, ...settings }: Settings, view: View = 'train', rival: Settings | null = null): string {
  const named = NAMES.map((name) => [name, settings[name]] as const)
  // In the order of the model's, so that settings of the same run are the same text.
  const others = factsOf(settings.model).options.map(({ name }) => [name, options[name]!] as const)
  const params = new URLSearchParams([...named, ...others].map(([name, value]) => [name, String(value)]))
  if (expected) params.set('digest', expected)
  if (view !== 'train') params.set('view', view)
  if (rival) params.set('rival', write(rival).slice(1))
  return `#${params}`
}

/** Whether two settings make the same run. */
export const sameRun = (a: Settings, b: Settings): boolean => write(a) === write(b)

const start = read(location.hash)
export const settings = signal(start.settings)
export const view = signal(start.view)
/** What is trained beside, to be compared. */
export const rival = signal(start.rival)

const replace = () => history.replaceState(null, '', write(settings.value, view.value, rival.value))
replace()

/** Other settings are another run: what a link promised of this one is dropped. */
export function change(some: Partial<Settings>): void {
  settings.value = { ...settings.value, expected: '', ...some }
  replace()
}
export function compare(next: Settings | null): void {
  rival.value = next
  replace()
}
export function show(next: View): void {
  view.value = next
  replace()
}
/** The address of a run that was, with what became of it. */
export const linkTo = (some: Settings): string => new URL(write(some), location.href).href

addEventListener('hashchange', () => {
  const next = read(location.hash)
  if (!sameRun(next.settings, settings.value)) settings.value = next.settings
  view.value = next.view
  rival.value = next.rival
})
