// What `train` gives, an async generator, says so to who awaits it or forgets to iterate it: neither would train.

/** How long, in milliseconds, one may lie about. A timer, as the collector may come late or, in a script that ends, never. */
const PATIENCE_MS = 1000

/**
 * A generator to iterate: by `for await`, by `yield*` or by `next()`. It must not be awaited, nor be what an async function
 * returns (which awaits it): the compiler refuses both, and the promise rejects.
 */
export interface Iterated<T> extends AsyncGenerator<T, void, void> {
  /** Rejects, with what to do instead. */
  then(fulfilled?: unknown, rejected?: unknown): Promise<never>
}

/**
 * `steps` with a `then` that rejects, and a warning where nobody asks for its first value.
 * @param how what to write instead
 */
export function iterated<T>(steps: AsyncGenerator<T, void, void>, how: string): Iterated<T> {
  const warn = () => console.warn(`train: what it gives was not iterated, which trains nothing; ${how}`)
  const timer = setTimeout(warn, PATIENCE_MS)
  const used = <A extends unknown[], R>(method: (...args: A) => R) => (...args: A): R => {
    clearTimeout(timer)
    return method.apply(steps, args)
  }
  const then = (_: unknown, rejected?: (reason: unknown) => never): Promise<never> => Promise.reject(
    new TypeError(`train: what it gives was awaited, or returned by an async function, which trains nothing; ${how}`),
  ).catch(rejected)
  const own = { next: used(steps.next), return: used(steps.return), throw: used(steps.throw), then: used(then) }
  for (const [name, value] of Object.entries(own)) Object.defineProperty(steps, name, { value })
  return steps as Iterated<T>
}
