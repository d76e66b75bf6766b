// What is given to a function that should refuse it, and what an answer must look like.

/** One of each kind, by what it is. Each is made anew, so that no call can spoil it for the next. */
export const NONSENSE: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'NaN': () => NaN,
  'Infinity': () => Infinity,
  'a negative number': () => -1,
  'a fraction': () => 0.5,
  'a huge number': () => 9007199254740992,
  'a string': () => 'nonsense',
  'an empty string': () => '',
  true: () => true,
  'an object': () => ({ nonsense: 1 }),
  'an empty array': () => [],
  'an array with holes': () => new Array(3),
  'an array of an array with holes': () => [new Array(2)],
  'an array of strings': () => ['a'],
  'an array of nothing': () => [undefined],
  'an array of null': () => [null, null],
  'a huge shape': () => [9007199254740992, 9007199254740992],
  'a function': () => () => undefined,
  'a symbol': () => Symbol('nonsense'),
  'a bigint': () => 1n,
  'an object without a prototype': () => Object.create(null) as unknown,
  'a date': () => new Date(0),
  'an empty Map': () => new Map(),
  'an array-like': () => ({ length: 4294967296 }),
}

/** What engines say of their own accord: V8's texts. */
const ENGINE = new RegExp([
  'Cannot (read|set|convert|mix|destructure|create|redefine|assign|use|perform)', 'is not (iterable|a function|a constructor)',
  'undefined is not', 'null is not', 'is not (defined|an object|extensible|configurable)', 'object is not',
  'Invalid (array|typed)',
  'invalid (array|string|count)', 'Maximum call stack', 'Reduce of empty', 'Array buffer allocation', 'could not be cloned',
  'Start offset', 'offset is out of bounds', 'must be (of type|an instance|a string)', 'The "\\w+" argument', 'Received',
  'Class constructor', 'called on', 'Unexpected token', 'not valid JSON', 'source array', 'Method \\w', 'out of memory',
  '\\[object ', 'unknown file extension', 'Invalid URL', 'ERR_',
].join('|'))

/** What is wrong with how a call ended; null where it gave something, or refused it in a sentence of ours. */
export function complaint(error: unknown, named: RegExp): string | null {
  if (!(error instanceof Error)) return `threw ${String(error)}`
  const { name, message } = error
  const said = `${name}: ${message}`
  if (!/^(TypeError|RangeError|GanglionError|TrainingError|ThreadError)$/.test(name)) return `of another class: ${said}`
  if (ENGINE.test(message)) return `not a sentence of ours: ${said}`
  if (!named.test(message)) return `does not name what was called: ${said}`
  if (message.length > 600) return `too long: ${said.slice(0, 80)}`
  return null
}

/** How a call of `f` with these arguments ended, a promise's end included. Iterators are asked once, then left. */
export async function complaintOf(
  f: (...args: unknown[]) => unknown, args: readonly unknown[], named: RegExp,
): Promise<string | null> {
  try {
    const made = f(...args)
    const steps = made as AsyncGenerator | null
    if (typeof steps?.next === 'function' && typeof steps.return === 'function') {
      await steps.next()
      await steps.return(undefined)
    } else await made
    return null
  } catch (error) {
    return complaint(error, named)
  }
}
