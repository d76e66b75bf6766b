// `ganglion/verify` under the condition `edge-light`: the cores are modules beside the package's other entries.
import core from '../ganglion.wasm?module'
import { edgeRuntime } from '../runtime/edge.ts'
import { verifier } from './verify.ts'

export * from './entry.ts'
// eslint-disable-next-line no-restricted-syntax -- another core, before there is a session
export const verify = verifier(edgeRuntime(core, () => import('../ganglion-relaxed.wasm?module')))
