// One model's memory and the functions in it. Everything a run changes lies in here: variables and the counters of each
// group, so that saving those saves the run.
import { compile, type CompileOptions, type FunctionSpec, type Program } from '../compiler/program.ts'
import { type Variable, variablesRule } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { assign } from '../ops/assign.ts'
import { isDataset } from '../ops/batch.ts'
import { isZero } from '../ops/fill.ts'
import { check, isObject, rule } from '../options.ts'
import type { Core } from './core.ts'
import { CompiledFunction, giveBack, type Holding } from './function.ts'
import { keyOf, SessionMemory } from './memory.ts'

/** Bytes of a page of the system's memory, or of a part of one. */
const PAGE = 4096

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

const PROGRAM = rule('what compile() makes', (x): x is Program => isObject(x) && 'tape' in x)

export class Session extends SessionMemory {
  /** What drew the variables, in order. */
  readonly #draws: CompiledFunction[] = []
  readonly #loaded = new Set<WeakRef<CompiledFunction>>()
  /** A function that nobody holds any more gives its memory back. */
  readonly #garbage = new FinalizationRegistry<Holding>((holding) => {
    giveBack(this, holding)
    for (const ref of this.#loaded) if (!ref.deref()) this.#loaded.delete(ref)
  })

  /** @internal */
  constructor(core: Core, seed: number, threads = core.team?.size ?? 1) {
    super(core, seed, threads)
  }

  /**
   * Compiles a function and loads it; new variables get memory and their initial values. What fails leaves nothing behind.
   * @throws TypeError, RangeError where the function or a stage has parts that there are not, or of a wrong type
   */
  compile<const S extends FunctionSpec>(spec: S, options: Omit<CompileOptions, 'threads'> = {}): CompiledFunction<S> {
    return this.load(compile(spec, { ...options, threads: this.threads }))
  }

  /**
   * Loads a program. Its memory is used again after `release`, or when nobody holds the function any more.
   * @throws RangeError where the program is for another number of threads, a variable's name is taken, or memory is at its end
   */
  load<S extends FunctionSpec>(program: Program<S>): CompiledFunction<S> {
    check('load', 'program', program, PROGRAM)
    if (program.threads !== this.threads) {
      throw new RangeError(`load: the program is for ${program.threads} threads and the session has ${this.threads}; ` +
        'compile it with { threads: session.threads }')
    }
    const fresh = this.addVariables(program.variables)
    try {
      const fn = new CompiledFunction(this, program)
      this.#loaded.add(new WeakRef<CompiledFunction>(fn))
      this.#garbage.register(fn, fn.holding, fn)
      return fn
    } catch (error) {
      this.#forget(fresh)
      throw error
    }
  }

  /**
   * Gives back the memory of a function, or of a dataset and all functions that read it. What was released cannot run any more.
   * @throws TypeError where it is neither
   */
  release(what: CompiledFunction | Tensor): void {
    if (what instanceof CompiledFunction) return this.#release(what)
    if (!isDataset(what)) throw new TypeError('release: expected a function that compile() made, or a dataset')
    for (const ref of this.#loaded) {
      const fn = ref.deref()
      if (fn?.holding.leaves.includes(keyOf(what))) this.#release(fn)
    }
  }

  #release(fn: CompiledFunction): void {
    this.#garbage.unregister(fn)
    for (const ref of this.#loaded) if (ref.deref() === fn) this.#loaded.delete(ref)
    fn.release()
  }

  /** @internal Gives memory and initial values to variables that the session does not hold yet; returns those. */
  addVariables(variables: readonly Variable[]): Variable[] {
    check('addVariables', 'variables', variables, variablesRule)
    const names = new Set<string>()
    const fresh = [...new Set(variables)].filter((v) => {
      const { name } = v.attrs
      const known = this.variablesByName.get(name)
      if (known?.tensor === v) return false
      if (known || names.has(name)) throw new RangeError(`two variables are named '${name}'; give each a name of its own`)
      names.add(name)
      return true
    })
    try {
      if (fresh.length) this.#add(fresh)
    } catch (error) {
      this.#forget(fresh)
      throw error
    }
    return fresh
  }

  #add(fresh: readonly Variable[]): void {
    const bytes = fresh.reduce((n, v) => n + aligned(v.size * 4), 0)
    let address = this.heap.allocate(bytes, "weights and the optimizer's memory")
    for (const tensor of fresh) {
      this.variablesByName.set(tensor.attrs.name, { tensor, address })
      if (isZero(tensor.attrs.initial)) this.#touch(address, tensor.size * 4)
      address += aligned(tensor.size * 4)
    }
    // A stage each, so that a value is drawn where its variable lies (compiler/plan.ts). New memory is zero already.
    const drawn = fresh.filter((v) => !isZero(v.attrs.initial))
    if (!drawn.length) return
    const stages = drawn.map((v) => ({ updates: [assign(v, v.attrs.initial)] }))
    const fn = new CompiledFunction(this, compile({ group: 'initialise', stages }, { threads: this.threads }))
    this.#draws.push(fn)
    this.#draw(fn)
  }

  /** Takes variables back that were just added. */
  #forget(fresh: readonly Variable[]): void {
    const last = this.#draws.at(-1)
    if (last && fresh.some((v) => last.program.variables.includes(v))) {
      this.#draws.pop()
      last.release()
    }
    // They lie in one block, which begins with the first.
    const first = fresh[0] && this.variablesByName.get(fresh[0].attrs.name)
    if (!first || first.tensor !== fresh[0]) return
    for (const v of fresh) this.variablesByName.delete(v.attrs.name)
    this.heap.free(first.address)
  }

  /** Writes to each page of new memory, because one that is read before it is written faults twice. */
  #touch(address: number, bytes: number): void {
    const memory = new Uint8Array(this.core.memory.buffer, address, bytes)
    for (let at = 0; at < bytes; at += PAGE) memory[at] = 0
  }

  #draw(fn: CompiledFunction): void {
    this.drawing(() => fn.run(1))
    this.restart('initialise')
  }

  /** @internal Gives all variables their initial values again. */
  redraw(): void {
    for (const v of this.variables) this.values(v).fill(0)
    for (const fn of this.#draws) this.#draw(fn)
  }
}
