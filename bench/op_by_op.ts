// A step's kernel calls by what they belong to: ops of one name and shape in one place are one row.
import { bytesMoved } from '../src/bench/kernels.ts'
import type { Item } from '../src/compiler/schedule.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'

export interface OpRow {
  /** The op, its shapes and its scope. */
  readonly name: string
  readonly kind: string
  ops: number
  calls: number
  flops: number
  bytes: number
  /** By step, for who measures. */
  readonly ms: number[]
}

interface OpCall {
  readonly row: OpRow
  readonly address: number
  /** None for bookkeeping. */
  readonly item: Item | null | undefined
}

function nameOf(item: Item | null | undefined): string {
  if (!item) return 'bookkeeping'
  const { op, inputs, shape, scope } = item.node
  return `${op.name} ${inputs.map((i) => `[${i.shape}]`).join(' ')} → [${shape}]  ${scope}`
}

/** The rows, in the order in which they are first run, and all calls. */
export function opsOf(fn: CompiledFunction): { readonly rows: readonly OpRow[], readonly calls: readonly OpCall[] } {
  const rows = new Map<string, OpRow>()
  const calls = fn.tape.calls.map(({ at, item }, i): OpCall => {
    const name = nameOf(item)
    const row = rows.get(name) ??
      { name, kind: item?.node.op.name ?? 'bookkeeping', ops: 0, calls: 0, flops: 0, bytes: 0, ms: [] }
    rows.set(name, row)
    row.calls++
    if (item && fn.tape.calls[i + 1]?.item !== item) {
      row.ops++
      row.flops += item.node.op.flops(item.node)
      row.bytes += bytesMoved({ items: [item] })
    }
    return { row, address: fn.wordAddress(at), item }
  })
  return { rows: [...rows.values()], calls }
}
