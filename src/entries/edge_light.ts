// The default entry under the condition `edge-light`, whose bundlers take a `.wasm` file as a module where it is asked for
// by `?module`. One thread, and the same bits.
import core from './ganglion.wasm?module'
import { edgeRuntime } from '../runtime/edge.ts'

export * from './api.ts'
// eslint-disable-next-line no-restricted-syntax -- another core, before there is a session
export const createRuntime = edgeRuntime(core, () => import('./ganglion-relaxed.wasm?module'))
