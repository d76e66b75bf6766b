// Writes the register tiles, the innermost loops of products and convolutions, as AssemblyScript: those that TILES lists.
// A tile holds rows × vectors sums in registers, a vector being four columns of C, and walks over k once, ascending from 0:
//
//                     b0      b1      b2      b3       B at k, four columns each
//                 ┌───────┬───────┬───────┬───────┐
//   A at k,   a0  │  c00  │  c01  │  c02  │  c03  │
//   a float   a1  │  c10  │  c11  │  c12  │  c13  │    c{r}{v} += a{r} · b{v}
//   a row     a2  │  c20  │  c21  │  c22  │  c23  │
//             a3  │  c30  │  c31  │  c32  │  c33  │    here 4 × 16: rows 4, vectors 4
//                 └───────┴───────┴───────┴───────┘
//
// Any tile gives the same bits, for each sum is over k alone. Which is fast depends on registers. All engines hold 4 × 8, some
// 5 × 8 (6 × 8 where product and sum are fused). 4 × 16, 6 × 16 and 8 × 8 are for vectors of 256 bits, which V8 joins from two
// of 128: it starts at two stores side by side and follows their operands, so a pair's operations are the same, and all rows
// are under one branch.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const FILE = 'assembly/lib/tiles.generated.ts'

const TILES = [
  { name: 'micro4x8', make: panels, rows: 4, vectors: 2 },
  { name: 'micro5x8', make: panels, rows: 5, vectors: 2 },
  { name: 'micro6x8', make: panels, rows: 6, vectors: 2 },
  { name: 'micro4x16', make: panels, rows: 4, vectors: 4 },
  { name: 'micro6x16', make: panels, rows: 6, vectors: 4 },
  { name: 'runs4x8', make: runs, rows: 4, vectors: 2 },
  { name: 'runs4x16', make: runs, rows: 4, vectors: 4 },
  { name: 'runs8x8', make: runs, rows: 8, vectors: 2 },
]

// How a tile ends. {to} is where the address of a row of C is, {column} the bytes from its first vector to the v-th.
const ADD = `const r{r} = load<usize>({to}) + j
  if (accumulate) {
    c{r}{v} = f32x4.add(v128.load(r{r}, {column}), c{r}{v})
  }
`
const STORE = 'v128.store(r{r}, c{r}{v}, {column})'

/**
 * C[r][j…] (+)= Σₖ A[k][r] · B[k][…], both packed. A is [k][4 rows], from `a` to `end`; the fifth and sixth row are in the panel
 * `more`. B is [k][8 columns]; columns 8 to 15 are in the panel `next`. The addresses of C's rows are at `rows`, then at
 * `moreRows`; the tile is `j` bytes further. With `accumulate` 0, C is not read.
 */
function panels({ name, rows, vectors }) {
  const a = ['a', 'more'].slice(0, Math.ceil(rows / 4))
  const b = ['b', 'next'].slice(0, vectors / 2)
  const to = ['rows', 'moreRows'].slice(0, a.length)
  const addresses = [...a, ...b, 'end', ...to, 'j'].map((address) => `${address}: usize`)
  // In the tall tiles: V8 13 computes a load's address at an offset anew in each round of a loop, unless a load before the loop
  // had the same.
  const early = (r, v) => rows > 4 && vectors === 2 && r > 0 && r < 4 && v === 0
  const places = {
    zero: (r, v) => (early(r, v) ? `zeroBy(v128.load32_splat(a, ${4 * r}))` : 'f32x4.splat(0)'),
    a: (r) => `${a[r >> 2]}, ${4 * (r % 4)}`,
    b: (_, v) => `${b[v >> 1]}, ${16 * (v % 2)}`,
    to: (r) => `${to[r >> 2]}, ${4 * (r % 4)}`,
  }
  return expand(rows, vectors, places, `
export function ${name}(${addresses.join(', ')}, accumulate: i32): void {
  let c{r}{v} = {zero}
  if (a != end) {
    do {
      const b{v} = v128.load({b})
      const a{r} = v128.load32_splat({a})
      c{r}{v} = madd(a{r}, b{v}, c{r}{v})

      ${a.map((panel) => `${panel} += 16`).join('; ')}
      ${b.map((panel) => `${panel} += 32`).join('; ')}
    } while (a != end)
  }
  ${vectors === 2 ? 'put(load<usize>({to}) + j, c{r}0, c{r}1, accumulate)' : `${ADD}${STORE}`}
}
`)
}

/**
 * C[r][j…] (+)= Σ A[r] · B[…], nothing packed: `count` runs of `run` bytes, `skip` bytes between two. Row r of A begins at the
 * r-th address at `from`, its floats are `stepA` bytes apart. Rows of B, 8 columns at `b` and 8 at `next`, lie `stepB` bytes
 * apart. The addresses of C's rows are at `rows`, placed as those at `from` are; the tile is `j` bytes on; rows may be equal.
 * Then the columns' floats at `bias` are added, unless that is 0, and the activation is applied. The wide tiles know relu alone:
 * leakyReLU is rare, and a core is small.
 */
function runs({ name, rows, vectors }) {
  const wide = rows * vectors > 8
  const b = ['b', 'next'].slice(0, vectors / 2)
  /** Of the r-th address: four lie together, the next four 32 bytes further. */
  const place = (r) => 32 * (r >> 2) + 4 * (r % 4)
  const places = {
    from: (r) => `from, ${place(r)}`,
    b: (_, v) => `${b[v >> 1]}, ${16 * (v % 2)}`,
    to: (r) => `rows, ${place(r)}`,
  }
  return expand(rows, vectors, places, `
// @ts-ignore: decorator
@inline
export function ${name}(
  from: usize, ${b.map((panel) => `${panel}: usize`).join(', ')}, count: i32, run: usize, skip: usize, stepA: usize, stepB: usize,
  rows: usize, j: usize, accumulate: i32, bias: usize, activation: i32${wide ? '' : ', alpha: f32'},
): void {
  let p{r} = load<usize>({from})

  let c{r}{v} = f32x4.splat(0)
  for (let left = count; left > 0; left--) {
    const end = p0 + run
    do {
      const b{v} = v128.load({b})
      const a{r} = v128.load32_splat(p{r})
      c{r}{v} = madd(a{r}, b{v}, c{r}{v})

      p{r} += stepA
      ${b.map((panel) => `${panel} += stepB`).join('; ')}
    } while (p0 != end)
    p{r} += skip
  }
  ${ADD}
  if (bias) {
    const b{v} = v128.load(bias, {column})
    c{r}{v} = f32x4.add(c{r}{v}, b{v})
  }
  if (activation${wide ? '' : ' == Activation.RELU'}) {
    // One instruction, where max is seven. They differ for −0, which no sum from 0 on is.
    const zero = f32x4.splat(0)
    c{r}{v} = f32x4.pmax(c{r}{v}, zero)
  }${wide ? '' : ` else if (activation == Activation.LEAKY_RELU) {
    const slope = f32x4.splat(alpha)
    c{r}{v} = leakyRelu(c{r}{v}, slope)
  }`}
  ${STORE}
}
`)
}

/**
 * A template's text. Neighbouring lines that name {r} are repeated together, row by row; a line that names {v}, among them or
 * alone, vector by vector. An empty line parts what must not be repeated together. `places`: what other names in braces say.
 */
function expand(rows, vectors, places, template) {
  const times = (count, text) => Array.from({ length: count }, (_, i) => text(i)).join('')
  const said = { r: (r) => r, v: (_, v) => v, column: (_, v) => 16 * v, ...places }
  const line = (text, r, v) => text.replace(/\{(\w+)\}/g, (_, name) => said[name](r, v))
  const row = (lines, r) => lines.replace(/.*\n/g, (text) => times(text.includes('{v}') ? vectors : 1, (v) => line(text, r, v)))
  return template
    .replace(/(.*\{r\}.*\n)+|.*\n/g, (lines) => times(lines.includes('{r}') ? rows : 1, (r) => row(lines, r)))
    .replace(/\n\s*\n/g, '\n')
}

/** Writes the file, unless it is there and the same. */
export function writeTiles() {
  const text = `// Written by tools/tiles.mjs, which explains it.
import { leakyRelu } from './activation'
import { Activation } from './gemm/epilogue'
import { put, zeroBy } from './gemm/micro'
import { madd } from './simd'
${TILES.map((tile) => `\n${tile.make(tile).trim()}\n`).join('')}`
  if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) writeFileSync(FILE, text)
}
