// The header of a safetensors file: JSON of one known form, scanned in one pass and without recursion, so that neither depth
// nor length nor number can hurt. Invariant: no key stands twice at any level, and every number is an integer from 0 to 2^53 − 1.

export interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: number[]
  readonly begin: number
  readonly end: number
}

export interface Header {
  readonly metadata: Record<string, string>
  readonly entries: Entry[]
}

export const METADATA = '__metadata__'
/** The reference implementation's limit on the header, in bytes. */
export const MAX_HEADER = 100_000_000

const METADATA_VALUE = `"${METADATA}" is not an object of strings: it`
/** As many as an array of PyTorch's or of NumPy's may have. */
const MOST_SIZES = 64
/** Several times what the largest models have; a million would take seconds. */
const [MOST_TENSORS, MOST_KEYS] = [262144, 65536]

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d]
const [ZERO, NINE, DOT, E] = [0x30, 0x39, 0x2e, 0x65]

/** A name for a message: in quotes, and not megabytes of it. */
export const quoted = (name: string): string => `"${name.length > 80 ? `${name.slice(0, 80)}…` : name}"`

/** What a message begins with: made where there is one, because a file may name millions of tensors. */
type Where = () => string

/** @throws Error that says what is wrong, to follow the file's name */
export function parseHeader(text: string): Header {
  const scanner = new Scanner(text)
  const metadata = new Map<string, string>()
  const entries: Entry[] = []
  scanner.object(() => 'its header', MOST_TENSORS, (name) => {
    if (name !== METADATA) entries.push(readEntry(scanner, name))
    else scanner.object(() => `"${METADATA}"`, MOST_KEYS, (key) => void metadata.set(key, scanner.string(() => METADATA_VALUE)))
  })
  scanner.end()
  // As own properties, `__proto__` too.
  return { metadata: Object.fromEntries(metadata), entries }
}

function readEntry(scanner: Scanner, name: string): Entry {
  const where = () => `tensor ${quoted(name)}`
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  scanner.members(where, (key) => {
    const twice = key === 'dtype' ? dtype : key === 'shape' ? shape : key === 'data_offsets' ? offsets : undefined
    if (twice !== undefined) throw new Error(`${where()} names ${quoted(key)} twice`)
    if (key === 'dtype') dtype = scanner.string(where)
    else if (key === 'shape') shape = scanner.integers(where)
    else if (key === 'data_offsets') offsets = scanner.integers(where)
    else throw new Error(`${where()} has a field ${quoted(key)}, expected dtype, shape and data_offsets`)
  })
  if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
    throw new Error(`${where()} expected a dtype, a shape and two data_offsets`)
  }
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! }
}

class Scanner {
  readonly #text: string
  #at = 0
  /** Where a list is read before it is as long as it has to be. */
  readonly #numbers: number[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** Calls back at each key of an object, to read its value; a key may stand once, and at most so many. */
  object(where: Where, most: number, member: (key: string) => void): void {
    const seen = new Set<string>()
    this.members(where, (key) => {
      if (seen.size === seen.add(key).size) throw new Error(`${where()} names ${quoted(key)} twice`)
      if (seen.size > most) throw new Error(`${where()} has more than ${most} names`)
      member(key)
    })
  }

  /** As `object`, for who knows the keys. */
  members(where: Where, member: (key: string) => void): void {
    this.#take(OPEN, where)
    if (this.#takes(CLOSE)) return
    do {
      const key = this.string(where)
      this.#take(COLON, where)
      member(key)
    } while (this.#takes(COMMA))
    this.#take(CLOSE, where)
  }

  string(where: Where): string {
    this.#take(QUOTE, where)
    const [text, begin] = [this.#text, this.#at]
    let end = begin
    let plain = true
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code === QUOTE) break
      if (code === BACKSLASH) end++
      if (code === BACKSLASH || code < 0x20) plain = false
    }
    if (end >= text.length) throw new Error(`${where()} has a string without an end`)
    this.#at = end + 1
    const found = text.slice(begin, end)
    if (plain) return found
    try {
      return JSON.parse(`"${found}"`) as string
    } catch (cause) {
      throw new Error(`${where()} has a string that is not JSON`, { cause })
    }
  }

  integers(where: Where): number[] {
    const all = this.#numbers
    let count = 0
    this.#take(OPEN_LIST, where)
    if (this.#takes(CLOSE_LIST)) return []
    do {
      if (count === MOST_SIZES) throw new Error(`${where()} has more than ${MOST_SIZES} sizes`)
      all[count++] = this.#integer(where)
    } while (this.#takes(COMMA))
    this.#take(CLOSE_LIST, where)
    return all.slice(0, count)
  }

  /** Digits without a sign, a fraction, an exponent or a 0 before them. */
  #integer(where: Where): number {
    this.#skip()
    const [text, begin] = [this.#text, this.#at]
    let [at, value] = [begin, 0]
    let code = text.charCodeAt(at)
    for (; code >= ZERO && code <= NINE && value <= Number.MAX_SAFE_INTEGER; code = text.charCodeAt(++at)) {
      value = 10 * value + code - ZERO
    }
    const padded = text.charCodeAt(begin) === ZERO && at > begin + 1
    if (at === begin || padded || value > Number.MAX_SAFE_INTEGER || code === DOT || (code | 0x20) === E) {
      throw new Error(`${where()} expected integers of 0 or more, ${this.#found()}`)
    }
    this.#at = at
    return value
  }

  end(): void {
    this.#skip()
    if (this.#at < this.#text.length) throw new Error(`its header goes on after its end, ${this.#found()}`)
  }

  /** Past a space, a tab and the ends of lines. */
  #skip(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return
      this.#at++
    }
  }

  #takes(code: number): boolean {
    this.#skip()
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #take(code: number, where: Where): void {
    if (!this.#takes(code)) throw new Error(`${where()} expected ${String.fromCharCode(code)}, ${this.#found()}`)
  }

  #found(): string {
    const rest = this.#text.slice(this.#at, this.#at + 12)
    return `found ${rest === '' ? 'the end' : JSON.stringify(rest)} at character ${this.#at} of the header`
  }
}
