// Programs of micro-batches by names, compiled when they are first asked for; the least used are released.
import type { FunctionSpec } from '../compiler/program.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'

/** Programs that are kept: 64 of the default DCGAN are some megabytes of tapes. */
const MOST_PROGRAMS = 64

export class LeastUsed {
  readonly #session: Session
  readonly #programs = new Map<string, CompiledFunction>()

  constructor(session: Session) {
    this.#session = session
  }

  get(key: string, spec: () => FunctionSpec): CompiledFunction {
    const fn = this.#programs.get(key) ?? this.#session.compile(spec())
    this.#programs.delete(key)
    this.#programs.set(key, fn)
    if (this.#programs.size > MOST_PROGRAMS) {
      const [oldest, unused] = this.#programs.entries().next().value!
      this.#programs.delete(oldest)
      this.#session.release(unused)
    }
    return fn
  }

  /** Gives back the memory of all. */
  release(): void {
    for (const fn of this.#programs.values()) this.#session.release(fn)
    this.#programs.clear()
  }
}
