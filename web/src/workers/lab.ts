// Opens a model to look at, apart from the one that trains: what it is made of, how long its ops take, what a step would see.
import { createRuntime, type Runtime } from 'ganglion'
import { type Field, FieldProbe } from '../lab/field.ts'
import { open, type Opened } from '../lab/graph.ts'
import { countOf, type Part, partsOf } from '../lab/parts.ts'
import { type Asked as Batch, Probe, type Probed } from '../lab/probe.ts'
import { type Time, timesOf } from '../lab/times.ts'
import { definitionOf } from './kinds.ts'

export interface Of {
  readonly kind: string
  readonly options: object
  /** Images of a step. */
  readonly rows: number
}
type Weights = Parameters<Opened['model']['loadWeights']>[0]

export interface Questions {
  readonly parts: { readonly ask: Of, readonly answer: { readonly parts: readonly Part[], readonly count: number } }
  readonly times: { readonly ask: Of, readonly answer: readonly Time[] }
  readonly probe: { readonly ask: Of & { readonly weights: Weights, readonly batch: Batch }, readonly answer: Probed }
  readonly field: { readonly ask: Of & { readonly weights: Weights, readonly seed: number }, readonly answer: Field }
}
export type What = keyof Questions
export type Request = { [W in What]: { readonly id: number, readonly what: W, readonly ask: Questions[W]['ask'] } }[What]
export type Reply = { readonly id: number } & (
  { readonly value: unknown } | { readonly error: string } | { readonly progress: readonly [done: number, of: number] })

let runtime: Promise<Runtime> | undefined
/** The ones that are probed again and again. */
let probed: { readonly opened: Opened, readonly probe: Probe } | undefined
let field: { readonly opened: Opened, readonly probe: FieldProbe } | undefined

const opened = async ({ kind, options, rows }: Of) => open(await (runtime ??= createRuntime()), definitionOf(kind, options), rows)

async function answer({ id, what, ask }: Request): Promise<unknown> {
  if (what === 'parts') {
    const of = await opened(ask)
    return { parts: partsOf(of), count: countOf(of) }
  }
  if (what === 'times') {
    const of = await opened(ask)
    const steps = timesOf(of, await (await runtime!).session(1))
    for (;;) {
      const next = steps.next()
      if (next.done) return next.value
      postMessage({ id, progress: next.value } satisfies Reply)
    }
  }
  if (what === 'field') {
    if (!field) {
      const of = await opened(ask)
      field = { opened: of, probe: new FieldProbe(of) }
    }
    field.opened.model.loadWeights(ask.weights)
    return field.probe.run(ask.seed)
  }
  if (!probed) {
    const of = await opened(ask)
    probed = { opened: of, probe: new Probe(of) }
  }
  probed.opened.model.loadWeights(ask.weights)
  return probed.probe.run(ask.batch)
}

let last: Promise<unknown> = Promise.resolve()
onmessage = ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data)).then(
    (value) => postMessage({ id: data.id, value } satisfies Reply),
    (error: Error) => postMessage({ id: data.id, error: error.message } satisfies Reply))
}
