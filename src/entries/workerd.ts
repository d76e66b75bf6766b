// The default entry under the condition `workerd`: the cores are modules beside this file. One thread, and the same bits.
import core from './ganglion.wasm'
import { edgeRuntime } from '../runtime/edge.ts'

export * from './api.ts'
// eslint-disable-next-line no-restricted-syntax -- another core, before there is a session
export const createRuntime = edgeRuntime(core, () => import('./ganglion-relaxed.wasm'))
