// From the standalone core and an image to a module: its table holds the kernels that the tapes call, its exports are those that
// are asked for, and Binaryen leaves out what nothing reaches. Invariant: what is left computes the same bits.
import type { Image } from './image.ts'

export type Binaryen = typeof import('binaryen').default

const PAGE = 65536

/**
 * @param imageOf the image for a core whose memory is free from an address on
 * @param exports the names of functions by what the core calls them
 */
export function moduleOf(
  binaryen: Binaryen, core: Uint8Array, imageOf: (base: number) => Image, exports: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const { SIMD128, BulkMemory, SignExt, MutableGlobals, NontrappingFPToInt } = binaryen.Features
  const module = binaryen.readBinary(core)
  try {
    module.setFeatures(SIMD128 | BulkMemory | SignExt | MutableGlobals | NontrappingFPToInt)
    const { i32 } = module
    const inner = (name: string): string => binaryen.getExportInfo(module.getExport(name)).value
    // The core's function `heapBase` is a constant.
    const { body } = binaryen.getFunctionInfo(module.getFunction(inner('heapBase')))
    const { segments, end, kernels, packed } = imageOf((binaryen.getExpressionInfo(body) as unknown as { value: number }).value)

    const table = binaryen.getTableInfo(module.getTableByIndex(0)).name
    for (let i = module.getNumElementSegments(); i--;) {
      module.removeElementSegment(binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(i)).name)
    }
    module.removeTable(table)
    module.addTable(table, kernels.length + 1, kernels.length + 1)
    module.addActiveElementSegment(table, 'kernels', kernels.map(inner), i32.const(1))
    if (packed) module.setStart(module.getFunction(inner('widen')))

    const wanted = Object.entries(exports).map(([name, outer]) => [inner(name), outer] as const)
    for (let i = module.getNumExports(); i--;) module.removeExport(binaryen.getExportInfo(module.getExportByIndex(i)).name)
    for (const [name, outer] of wanted) module.addFunctionExport(name, outer)
    // What the core holds below is asc's objects of kernels, which nothing reads.
    module.setMemory(Math.ceil(end / PAGE), -1, 'memory', segments.map(({ address, data }) => (
      { offset: i32.const(address), data, passive: false }
    )))
    module.runPasses(['remove-unused-module-elements'])
    return module.emitBinary() as Uint8Array<ArrayBuffer>
  } finally {
    module.dispose()
  }
}
