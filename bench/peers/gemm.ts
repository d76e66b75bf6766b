// Matrix products, taking turns as in race.ts. Nothing is checked: the models' losses are.
import type { Entry } from './contestants.ts'
import { type Limits, type Say, start } from './race.ts'

export type Size = readonly [m: number, k: number, n: number]

export interface GemmResult {
  readonly name: string
  readonly size: Size
  readonly gflops: number[]
  note?: string
}

export async function raceGemm(
  entries: readonly Entry[], sizes: readonly Size[], limits: Limits, say: Say,
): Promise<GemmResult[]> {
  const results: GemmResult[] = []
  const able = entries.filter((e) => e.gemm && typeof e.command !== 'string')
  const open = able.map((entry) => ({ entry, child: start(entry) }))
  try {
    for (const size of sizes) {
      say(`gemm ${size.join(' × ')}`)
      const flops = 2 * size[0] * size[1] * size[2]
      const runners = []
      for (const { entry, child } of open) {
        const result: GemmResult = { name: entry.name, size, gflops: [] }
        results.push(result)
        try {
          await child.gemm(size, entry.threads, 2)
          const times = Math.max(1, Math.round(limits.windowMs / 3 / (await child.gemm(size, entry.threads, 1))))
          runners.push({ result, child, entry, times })
        } catch (error) {
          result.note = `cannot: ${(error as Error).message}`
        }
      }
      for (let window = 0; window < limits.windows; window++) {
        const first = window % runners.length
        for (const { result, child, entry, times } of [...runners.slice(first), ...runners.slice(0, first)]) {
          result.gflops.push((flops * times) / (await child.gemm(size, entry.threads, times)) / 1e6)
        }
      }
    }
  } finally {
    for (const { child } of open) child.end()
  }
  return results
}
