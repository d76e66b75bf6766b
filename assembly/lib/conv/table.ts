// Where patches and their results lie. A phase's table has a line for each tile of four patches, in the order image, y, x. What
// is missing in the last line is the last patch again, computed and stored twice:
//
//     0    4    8    12       16   20   24   28
//     ┌────┬────┬────┬────┐   ┌────┬────┬────┬────┐
//     │ p0 │ p1 │ p2 │ p3 │   │ c0 │ c1 │ c2 │ c3 │     p: first taps in the padded images; c: rows of C
//     └────┴────┴────┴────┘   └────┴────┴────┴────┘
import { Direct, Phase } from './phases'

/** Bytes of a line. */
export const LINE: usize = 32

/** The tables of all phases for the first `count` images. */
export function writeTables(d: Direct, padded: usize, table: usize, count: i32): void {
  let at = changetype<usize>(d) + offsetof<Direct>()
  for (let i = 0; i < d.phaseCount; i++, at += offsetof<Phase>()) {
    const phase = changetype<Phase>(at)
    let from: usize = 0
    let to: usize = 0
    for (let image = 0; image < count; image++) {
      for (let y = 0; y < phase.patchesY; y++) {
        from = padded + <usize>image * d.bytes + phase.firstTap + <usize>y * d.downBytes
        to = phase.c + (<usize>(image * d.strideImage + y * d.strideY) << 2)
        for (let x = 0; x < phase.patchesX; x++) {
          store<usize>(table, from)
          store<usize>(table, to, 16)
          table = next(table)
          from += d.acrossBytes
          to += <usize>d.strideX << 2
        }
      }
    }
    for (; table & 15; table = next(table)) {
      store<usize>(table, from - d.acrossBytes)
      store<usize>(table, to - (<usize>d.strideX << 2), 16)
    }
  }
}

/** The place after one: the next in its line, or the first of the next line. */
// @ts-ignore: decorator
@inline
function next(place: usize): usize {
  return place + 4 + ((place + 4) & 16)
}
