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

const METADATA_VALUE = `"${METADATA}" is not an object of strings: it`

/** What a string of JSON cannot hold as it is, but for the quotes that end it: escapes, and control characters. */
const BEYOND_PLAIN = /[^ -[\]-\uffff]/
const INTEGER = /(?:0|[1-9]\d{0,15})(?![\d.eE])/y

/** A name for a message: in quotes, and not megabytes of it. */
export const quoted = (name: string): string => `"${name.length > 80 ? `${name.slice(0, 80)}…` : name}"`

/** @throws Error that says what is wrong, to follow the file's name */
export function parseHeader(text: string): Header {
  const scanner = new Scanner(text)
  const metadata = new Map<string, string>()
  const entries: Entry[] = []
  scanner.object('its header', (name) => {
    if (name !== METADATA) entries.push(readEntry(scanner, name))
    else scanner.object(`"${METADATA}"`, (key) => void metadata.set(key, scanner.string(METADATA_VALUE)))
  })
  scanner.end()
  // As own properties, `__proto__` too.
  return { metadata: Object.fromEntries(metadata), entries }
}

function readEntry(scanner: Scanner, name: string): Entry {
  const where = `tensor ${quoted(name)}`
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  scanner.object(where, (key) => {
    if (key === 'dtype') dtype = scanner.string(where)
    else if (key === 'shape') shape = scanner.integers(where)
    else if (key === 'data_offsets') offsets = scanner.integers(where)
    else throw new Error(`${where} has a field ${quoted(key)}, expected dtype, shape and data_offsets`)
  })
  if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
    throw new Error(`${where} expected a dtype, a shape and two data_offsets`)
  }
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! }
}

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Calls back at each key of an object, to read its value. */
  object(where: string, member: (key: string) => void): void {
    const seen = new Set<string>()
    this.#take('{', where)
    if (this.#takes('}')) return
    do {
      const key = this.string(where)
      if (seen.has(key)) throw new Error(`${where} names ${quoted(key)} twice`)
      seen.add(key)
      this.#take(':', where)
      member(key)
    } while (this.#takes(','))
    this.#take('}', where)
  }

  string(where: string): string {
    this.#take('"', where)
    const begin = this.#at
    for (let end = begin - 1; ;) {
      end = this.#text.indexOf('"', end + 1)
      if (end < 0) throw new Error(`${where} has a string without an end`)
      let escapes = 0
      while (this.#text[end - 1 - escapes] === '\\') escapes++
      if (escapes % 2) continue
      this.#at = end + 1
      const plain = this.#text.slice(begin, end)
      if (!BEYOND_PLAIN.test(plain)) return plain
      try {
        return JSON.parse(`"${plain}"`) as string
      } catch (cause) {
        throw new Error(`${where} has a string that is not JSON`, { cause })
      }
    }
  }

  integers(where: string): number[] {
    const all: number[] = []
    this.#take('[', where)
    if (this.#takes(']')) return all
    do {
      this.#skip()
      INTEGER.lastIndex = this.#at
      const [digits] = INTEGER.exec(this.#text) ?? []
      if (!digits || !Number.isSafeInteger(Number(digits))) {
        throw new Error(`${where} expected integers of 0 or more, ${this.#found()}`)
      }
      this.#at += digits.length
      all.push(Number(digits))
    } while (this.#takes(','))
    this.#take(']', where)
    return all
  }

  end(): void {
    this.#skip()
    if (this.#at < this.#text.length) throw new Error(`its header goes on after its end, ${this.#found()}`)
  }

  #skip(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++
  }

  #takes(character: string): boolean {
    this.#skip()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #take(character: string, where: string): void {
    if (!this.#takes(character)) throw new Error(`${where} expected ${character}, ${this.#found()}`)
  }

  #found(): string {
    const rest = this.#text.slice(this.#at, this.#at + 12)
    return `found ${rest === '' ? 'the end' : JSON.stringify(rest)} at character ${this.#at} of the header`
  }
}
