// The order of a core's functions. Deflate sees what repeats within 32 kB, and a core is larger: with functions that are
// alike side by side it deflates 4 % smaller. Only their indices change, which the host asks for by name.
import { deflateRawSync } from 'node:zlib'
import binaryen from 'assemblyscript/binaryen'
import { functionBodies, withFunctionNames } from './sections.mjs'

/** Moves that are tried at the end: 500 take a second and save 0.5 %, ten times as many save that once more. */
const MOVES = 2000

/** The binary with its functions in the order that deflates best, as far as a short search finds it. */
export function ordered(bytes) {
  const order = search(functionBodies(bytes))
  // Binaryen sorts by name: each function is named by its place.
  const names = []
  order.forEach((index, place) => (names[index] = String(place).padStart(4, '0')))
  const module = binaryen.readBinaryWithFeatures(withFunctionNames(bytes, names), binaryen.Features.All)
  module.runPasses(['reorder-functions-by-name', 'strip-debug'])
  return Buffer.from(module.emitBinary())
}

const sizeOf = (bodies) => deflateRawSync(Buffer.concat(bodies), { level: 9, memLevel: 9 }).length

/** Indices of `bodies`: the two groups that are most alike are joined until one is left, then runs are moved about. */
function search(bodies) {
  const alone = bodies.map((body) => sizeOf([body]))
  /** What two save next to each other, as a share of the smaller. */
  const alike = bodies.map((a, i) => bodies.map((b, j) => (
    j < i ? (alone[i] + alone[j] - sizeOf([a, b])) / Math.min(alone[i], alone[j]) : 0
  )))
  const likeness = (a, b) => {
    const pairs = a.flatMap((i) => b.map((j) => alike[Math.max(i, j)][Math.min(i, j)]))
    return pairs.reduce((sum, x) => sum + x, 0) / pairs.length
  }
  const deflated = (order) => sizeOf(order.map((i) => bodies[i]))
  const best = (orders) => orders.map((order) => [deflated(order), order]).sort(([a], [b]) => a - b)[0][1]
  let groups = bodies.map((_, i) => [i])
  while (groups.length > 1) {
    const pairs = groups.flatMap((a, i) => groups.slice(0, i).map((b) => [likeness(a, b), a, b]))
    const [, a, b] = pairs.reduce((most, pair) => (pair[0] > most[0] ? pair : most))
    const joined = best([[...a, ...b], [...b, ...a], [...a.toReversed(), ...b], [...a, ...b.toReversed()]])
    groups = [...groups.filter((group) => group !== a && group !== b), joined]
  }
  return moved(groups[0], deflated)
}

/** The order after moves of short runs to other places, as long as they make it smaller. The same moves at every build. */
function moved(order, deflated) {
  let state = 1
  const draw = (n) => ((state = Math.imul(state, 1103515245) + 12345) >>> 8) % n
  let size = deflated(order)
  for (let i = 0; i < MOVES; i++) {
    const length = 1 + draw(8)
    const rest = [...order]
    const run = rest.splice(draw(order.length - length), length)
    rest.splice(draw(rest.length + 1), 0, ...run)
    const now = deflated(rest)
    if (now > size) continue
    order = rest
    size = now
  }
  return order
}
