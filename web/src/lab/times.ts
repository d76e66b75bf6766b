// How long each op of a training step takes, by itself: one after another is compiled alone, with inputs of its shapes, and run
// on one thread until the clock can tell. What they share in a step, caches say, is not in it.
import { compile, initializers, input, isVariable, type Program, type Session, Tensor, variable } from 'ganglion'
import { layerOf, type Opened } from './graph.ts'

export type Phase = 'forward' | 'gradient' | 'update'
export interface Time {
  /** `encoder/dense`; '' for what is between layers: losses, noise. */
  readonly layer: string
  readonly phase: Phase
  readonly op: string
  readonly ms: number
}

/** Milliseconds that an op is run for by default, and how often at most. */
const ENOUGH = 2
const MOST = 4096
const GRADIENT = /(?:\/gradient)+(?=\/|$)/g

function placeOf({ op, scope, inputs }: Tensor, layers: ReadonlySet<string>): Pick<Time, 'layer' | 'phase'> {
  const [first] = inputs
  if (op.effect) return { layer: first && isVariable(first) && layers.has(layerOf(first)) ? layerOf(first) : '', phase: 'update' }
  const layer = scope.replace(GRADIENT, '')
  return { layer: layers.has(layer) ? layer : '', phase: scope === layer ? 'forward' : 'gradient' }
}

let made = 0

/** A function of the op alone. What it changes is a variable of its own. */
function alone({ op, inputs, attrs, shape }: Tensor): Program {
  const leaves = inputs.map((each, i) => {
    if (each.op.name === 'constant') return each
    if (op.effect && isVariable(each)) return variable(`alone${made++}`, each.shape, initializers.zeros())
    return input(`x${i}`, each.shape)
  })
  const tensor = new Tensor(op, leaves, attrs, shape, '')
  return compile({ group: 'alone', stages: [op.effect ? { updates: [tensor] } : { outputs: { y: tensor } }] })
}

/** Milliseconds that a function takes: as many runs as the clock can tell. */
function timed(run: (times: number) => void, enough: number): number {
  for (let times = 1; ; times *= 2) {
    const began = performance.now()
    run(times)
    const took = performance.now() - began
    if (took >= enough || times >= MOST) return took / times
  }
}

function measured(session: Session, node: Tensor, enough: number): number {
  const fn = session.load(alone(node))
  for (const [name, { size }] of fn.program.inputs) fn.feed(name, new Float32Array(size).fill(0.5))
  fn.run(1)
  const ms = timed((times) => fn.run(times), enough)
  session.release(fn)
  return ms
}

/** What is the same of two ops takes the same time. */
const keyOf = ({ op, inputs, attrs, shape }: Tensor): string => JSON.stringify(
  [op.name, shape, inputs.map((each) => [each.shape, isVariable(each)]), attrs],
  (_, value: unknown) => (value instanceof Tensor ? value.shape : ArrayBuffer.isView(value) ? value.byteLength : value),
)

/**
 * The ops of a step in their order. It yields how many of how many are done, and ends with their times.
 * @param enough milliseconds that each is run for
 */
export function* timesOf(
  { stages, model }: Opened, session: Session, enough = ENOUGH,
): Generator<readonly [done: number, of: number], Time[]> {
  const layers = new Set(model.session.variables.filter(({ attrs }) => attrs.role !== 'slot').map(layerOf))
  const nodes = compile({ group: 'step', stages }).schedule.items.map(({ node }) => node).filter(({ op }) => op.calls !== 'alias')
  const known = new Map<string, number>()
  const times: Time[] = []
  for (const node of nodes) {
    const key = keyOf(node)
    const ms = known.get(key) ?? measured(session, node, enough)
    known.set(key, ms)
    times.push({ ...placeOf(node, layers), op: node.op.name, ms })
    yield [times.length, nodes.length]
  }
  return times
}

/** Times of what belongs together, the longest first at each level: a part, a layer of it, what is done there, an op. */
export interface Branch {
  readonly name: string
  readonly ms: number
  readonly children: readonly Branch[]
}

const LEVELS: readonly ((time: Time) => string)[] = [
  ({ layer }) => layer.split('/')[0]!, ({ layer }) => layer, ({ phase }) => phase, ({ op }) => op,
]

export function branchOf(name: string, times: readonly Time[], level = 0): Branch {
  const ms = times.reduce((all, time) => all + time.ms, 0)
  const nameOf = LEVELS[level]
  const groups = new Map<string, Time[]>()
  if (nameOf) for (const time of times) groups.set(nameOf(time), [...groups.get(nameOf(time)) ?? [], time])
  return { name, ms, children: [...groups].map(([each, some]) => branchOf(each, some, level + 1)).sort((a, b) => b.ms - a.ms) }
}
