// Packs bytes into characters of six bits, for assembly/unpack.ts: Lempel–Ziv matches and literals, each bit of them coded by
// a model of its own (as in LZMA). The core is a ninth smaller than zopfli's deflate makes it.
// What is worth a match depends on what bits cost, and that on which matches are taken: so a parse, its costs, the next parse.

/** Bytes and characters that the memory of assembly/unpack.ts has room for. */
const MOST_BYTES = 0x20000
const MOST_TEXT = 0x8000
/** Parses: with more the size changes by some bytes only. */
const ROUNDS = 12
/** Places tried for a match: enough that more gained nothing. */
const CANDIDATES = 4000
const LONGEST = 2000

// Where models lie: whether a match (by whether the last two were), whether as far back as the last one, lengths (of a new
// distance, of the last), distances (by length), literals (by the last byte's upper bits, and by what guides them).
const AGAIN = 4
const LENGTH = 8
const BACK = 264
const LITERAL = 776
const MODELS = LITERAL + 8 * 768

/** @callback Visit @param {number} model @param {0 | 1} bit */

function visitNumber(visit, base, n) {
  const left = 31 - Math.clz32(n)
  for (let node = 1, i = 4; i >= 0; i--) {
    visit(base + node, (left >> i) & 1)
    node = (node << 1) | ((left >> i) & 1)
  }
  for (let i = left - 1; i >= 0; i--) {
    const above = n >> (i + 1)
    visit(base + 32 + (above < 32 ? above : 32 + i), (n >> i) & 1)
  }
}

function visitLiteral(visit, bytes, at, matched, back) {
  let guided = matched & 1 ? 256 : 0
  const base = LITERAL + ((bytes[at - 1] ?? 0) >> 5) * 768
  for (let node = 1, i = 7; i >= 0; i--) {
    const expected = guided && ((bytes[at - back] >> i) & 1) << 8
    const bit = (bytes[at] >> i) & 1
    visit(base + guided + expected + node, bit)
    node = (node << 1) | bit
    if (expected !== bit << 8) guided = 0
  }
}

/** Every bit of a parse, in order. @param {Visit} visit */
function visitAll(visit, bytes, parse) {
  visitNumber(visit, LENGTH, bytes.length)
  let at = 0
  let matched = 0
  let last = 0
  for (const { length, back } of parse) {
    visit(matched, back ? 1 : 0)
    if (back) {
      const again = back === last ? 1 : 0
      visit(AGAIN + matched, again)
      visitNumber(visit, LENGTH + (again << 7), length - 1 + again)
      if (!again) visitNumber(visit, BACK + (Math.min(length - 2, 3) << 7), back)
      last = back
    } else visitLiteral(visit, bytes, at, matched, last)
    at += length
    matched = ((matched << 1) | (back ? 1 : 0)) & 3
  }
}

/** The models as assembly/unpack.ts moves them; `bit` returns how likely the model held a 1 before it saw the bit. */
class Models {
  likely = new Int16Array(MODELS)
  seen = new Uint16Array(MODELS)
  bit(model, bit) {
    const before = this.likely[model]
    this.likely[model] += Math.trunc((((bit ? 0x4000 : -0x4000) - before) * 2) / (2 * this.seen[model] + 3))
    if (this.seen[model] < 15) this.seen[model]++
    return before + 0x4000
  }
}

/** For each place, the matches that start there, nearest first, each longer than those before. */
function matchesOf(bytes) {
  const newest = new Int32Array(65536).fill(-1)
  const older = new Int32Array(bytes.length)
  return Array.from(bytes, (_, at) => {
    const found = []
    if (at + 1 === bytes.length) return found
    const pair = bytes[at] | (bytes[at + 1] << 8)
    let longest = 1
    for (let from = newest[pair], tries = 0; from >= 0 && tries < CANDIDATES; from = older[from], tries++) {
      const length = lengthOf(bytes, at, at - from)
      if (length <= longest) continue
      found.push({ back: at - from, shortest: longest + 1, longest: length })
      longest = length
    }
    older[at] = newest[pair]
    newest[pair] = at
    return found
  })
}

function lengthOf(bytes, at, back) {
  let length = 0
  while (at + length < bytes.length && length < LONGEST && bytes[at + length] === bytes[at + length - back]) length++
  return length
}

/** The cheapest parse, by the price of a 0 and of a 1 in each model; of each place it keeps one way to get there. */
function cheapest(bytes, matches, prices) {
  let sum = 0
  const add = (model, bit) => { sum += prices[model * 2 + bit] }
  const known = new Map()
  const priceOf = (base, n) => {
    const key = n * MODELS + base
    if (!known.has(key)) {
      sum = 0
      visitNumber(add, base, n)
      known.set(key, sum)
    }
    return known.get(key)
  }
  const ways = Array.from({ length: bytes.length + 1 }, () => ({ price: Infinity, matched: 0, last: 0, length: 1, back: 0 }))
  ways[0].price = 0
  bytes.forEach((_, at) => {
    const { price, matched, last } = ways[at]
    const reach = (length, back, by) => {
      const way = ways[at + length]
      if (by >= way.price) return
      Object.assign(way, { price: by, matched: ((matched << 1) | (back ? 1 : 0)) & 3, last: back || last, length, back })
    }
    sum = price + prices[matched * 2]
    visitLiteral(add, bytes, at, matched, last)
    reach(1, 0, sum)
    const match = price + prices[matched * 2 + 1]
    const again = match + prices[(AGAIN + matched) * 2 + 1]
    const other = match + prices[(AGAIN + matched) * 2]
    if (last) for (let n = lengthOf(bytes, at, last); n; n--) reach(n, last, again + priceOf(LENGTH + 128, n))
    for (const { back, shortest, longest } of matches[at]) {
      if (back === last) continue
      for (let n = shortest; n <= longest; n++) {
        reach(n, back, other + priceOf(LENGTH, n - 1) + priceOf(BACK + (Math.min(n - 2, 3) << 7), back))
      }
    }
  })
  const parse = []
  for (let at = bytes.length; at > 0; at -= parse.at(-1).length) parse.push(ways[at])
  return parse.reverse()
}

/** What bits of a parse cost in the mean, a 0 and a 1 of each model; what was not seen costs a little more than it would. */
function pricesOf(bytes, parse) {
  const models = new Models()
  const total = new Float64Array(MODELS * 2)
  const count = new Float64Array(MODELS * 2)
  visitAll((model, bit) => {
    const one = models.bit(model, bit) / 32768
    total[model * 2 + bit] -= Math.log2(bit ? one : 1 - one)
    count[model * 2 + bit]++
  }, bytes, parse)
  const prices = total.map((bits, i) => (count[i] ? bits / count[i] : -Math.log2(0.4 / (count[i] + count[i ^ 1] + 0.8))))
  return { prices, bits: total.reduce((n, x) => n + x, 0) }
}

/** Six bits as a character from '>' to '~' that is no backslash, which a string would have to escape. */
const character = (six) => String.fromCharCode(six < 28 ? six + 64 : six < 62 ? six + 65 : six)

function encode(bytes, parse) {
  const models = new Models()
  const sixes = []
  let low = 0
  let range = 2 ** 24
  const shift = () => {
    sixes.push(Math.floor(low / 2 ** 24))
    low = (low % 2 ** 24) * 64
  }
  visitAll((model, bit) => {
    while (range < 2 ** 24) {
      shift()
      range *= 64
    }
    const bound = Math.floor(range / 32768) * models.bit(model, bit)
    if (!bit) low += bound
    range = bit ? bound : range - bound
    if (low < 2 ** 30) return
    low -= 2 ** 30
    let at = sixes.length - 1
    for (; sixes[at] === 63; at--) sixes[at] = 0
    sixes[at]++
  }, bytes, parse)
  for (let i = 0; i < 5; i++) shift()
  // The first is 0: six bits more than a number below the first range has.
  return sixes.slice(1).map(character).join('')
}

/** @param {Uint8Array} bytes @returns {string} for assembly/unpack.ts, whose memory has room for so much */
export function pack(bytes) {
  const matches = matchesOf(bytes)
  let best = { parse: [], bits: Infinity }
  let prices = new Float64Array(MODELS * 2).fill(1)
  for (let round = 0; round < ROUNDS; round++) {
    const parse = cheapest(bytes, matches, prices)
    const now = pricesOf(bytes, parse)
    // Half of the way: costs that follow each parse swing to and fro.
    prices = prices.map((price, i) => (round ? (price + now.prices[i]) / 2 : now.prices[i]))
    if (now.bits < best.bits) best = { parse, bits: now.bits }
  }
  const text = encode(bytes, best.parse)
  if (bytes.length > MOST_BYTES || text.length > MOST_TEXT) throw new Error('assembly/unpack.ts needs more memory for this core')
  return text
}
