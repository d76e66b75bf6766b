// A definition bound to a memory, as the training loop and the evaluation see it.
import type { ImageDataset } from '../data/dataset.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { CompileOptions, FunctionSpec } from '../compiler/program.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'

export interface BoundModel {
  readonly definition: ModelDefinition
  readonly session: Session
  /** The names of what training and evaluation report. */
  readonly names: { readonly metrics: readonly string[]; readonly figures: readonly string[] }
  /** The function known as `key` on `data`, compiled on first use. */
  compiled(key: string, data: ImageDataset, spec: () => FunctionSpec, options?: CompileOptions): CompiledFunction
}
