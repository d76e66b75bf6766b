// The planner's invariant, checked by walking the schedule with memory as bytes that know whose value they hold:
// it knows nothing of lives or offsets but what the tape's kernels will do with them.
import type { Buffer, Plan } from '../../src/compiler/plan.ts'
import type { Item, Schedule } from '../../src/compiler/schedule.ts'
import { Tensor } from '../../src/graph/tensor.ts'

const overlap = (a: Buffer, b: Buffer): boolean => a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes

/** The faults of a plan, in words; none where it is sound. */
export function planFaults(schedule: Schedule, plan: Plan, threads = 1): string[] {
  const { items, outputs } = schedule
  const { result, scratch, peakBytes, lowerBound } = plan
  const faults: string[] = []
  const name = (item: Item) => `${item.node.op.name}#${items.indexOf(item)}`
  /** Whose value lies where: values that no one has written over since. */
  const memory = new Map<Item, Buffer>()
  const valueOf = (item: Item): Item | Tensor => {
    if (item.node.op.calls !== 'alias') return item
    const [x] = item.inputs
    return x instanceof Tensor ? x : valueOf(x!)
  }
  const read = (item: Item | Tensor, by: string): Buffer | null => {
    const value = item instanceof Tensor ? item : valueOf(item)
    if (value instanceof Tensor) return null
    const place = result.get(item as Item)
    const at = memory.get(value)
    if (!at) faults.push(`${by} reads ${name(value)}, which was written over`)
    else if (at !== place) faults.push(`${by} reads ${name(value)} at ${place?.offset}, it lies at ${at.offset}`)
    return at ?? null
  }
  const write = (buffer: Buffer) => {
    for (const [item, at] of memory) if (overlap(at, buffer)) memory.delete(item)
  }
  for (const item of items) {
    const { node } = item
    if (node.op.calls === 'alias') continue
    const inputs = item.inputs.map((i) => read(i, name(item)))
    const temporary = scratch.get(item)
    if ((node.op.scratch?.(node, threads) ?? 0) > 0 && !temporary) faults.push(`${name(item)} has no scratch`)
    const output = result.get(item)
    if (temporary) {
      if (inputs.some((i) => i && overlap(i, temporary))) faults.push(`${name(item)}'s scratch lies on an input`)
      if (output && overlap(output, temporary)) faults.push(`${name(item)}'s scratch lies on its output`)
      write(temporary)
    }
    if (node.op.effect) continue
    if (!output || output.bytes < node.size * 4) {
      faults.push(`${name(item)} has ${output?.bytes ?? 'no'} bytes`)
      continue
    }
    inputs.forEach((input, at) => {
      if (!input || !overlap(input, output)) return
      const { node: given } = item.inputs[at] as Item
      const taken = input.offset === output.offset && given.size === node.size && node.op.inPlace?.includes(at)
      if (!taken) faults.push(`${name(item)} writes over its input ${at} while it reads it`)
    })
    write(output)
    memory.set(item, output)
    if (output.offset % 16 || output.offset + output.bytes > peakBytes) faults.push(`${name(item)} lies at ${output.offset}`)
  }
  for (const held of outputs.flatMap((stage) => [...stage.values()])) read(held, 'the host')
  if (peakBytes < lowerBound) faults.push(`the peak ${peakBytes} is below the bound ${lowerBound}`)
  return faults
}
