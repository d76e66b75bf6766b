// createRuntime for edge runtimes, which refuse to compile bytes: their entries import the cores as modules.
import { Runtime, type RuntimeOptions } from './runtime.ts'

interface Imported { readonly default: WebAssembly.Module }

/** `createRuntime` with a core at hand and another that is loaded when asked for. */
export const edgeRuntime = (core: WebAssembly.Module, relaxed: () => Promise<Imported>) =>
  (options: RuntimeOptions = {}): Promise<Runtime> =>
    Runtime.create(options, async (precision) => (precision === 'relaxed' ? (await relaxed()).default : core))
