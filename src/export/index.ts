// The entry `ganglion/export`: what was trained, in formats of other software. In every runtime.
export { type ExportOptions, exportModel, formatNames, type FormatName } from './export.ts'
export { importWeights, type Imported } from './import.ts'
export type { Files, Format, FormatSchema } from './format.ts'
export { type GraphOptions, type Part, type PartGraph, PARTS, partsOf } from './part.ts'
export type { Facts, Source, Trained } from './source.ts'
