// One call of a kernel of the core, as ops ask for it, and its words on the tape. Which fields a kernel takes, and in what order,
// is written once, in the core (assembly/); contract.generated.ts is made from it. So a call names its fields, and one that is
// wrong, missing or surplus does not compile.

/** A kernel of the core, whose calls have fields of type `Args`. */
export interface Kernel<Args> {
  /** What the core exports it as. */
  readonly name: string
  /** The fields of each class of its words: its arguments, the records that follow them, and those that follow each of these. */
  readonly layouts: readonly string[]
  /** For the compiler alone: a kernel that takes other fields is no such kernel. */
  readonly type?: (args: Args) => Args
}
/** @param layouts fields in their order: `name*` is an address, `name#` a table, `name.` a float, `name:` a double */
/* @__NO_SIDE_EFFECTS__ */
export function kernel<Args>(name: string, ...layouts: readonly string[]): Kernel<Args> {
  return { name, layouts }
}

/** How threads go through a call. */
export interface CallOptions {
  /** False: what a part writes, only the same part reads until the next barrier, so there is none after this call. */
  readonly barrier?: boolean
  /** The owner whose call it is: one thread computes all of it, as all of the owner's calls from one barrier to the next. */
  readonly owner?: number | undefined
  /** A thread takes one part: the call is short, or in more parts work would be done more than once. */
  readonly even?: boolean
}

export interface KernelCall {
  /** @internal */
  readonly kernel: Pick<Kernel<unknown>, 'name' | 'layouts'>
  /** Of the type that the kernel's calls have. */
  readonly args: object
  readonly options: CallOptions
}

/** `Given`, where it has no field that `Args` lacks. */
type Exactly<Args, Given> = Given & { readonly [Field in Exclude<keyof Given, keyof Args>]: never }

/** A call of `kernel`. Floats are numbers; a list that follows the fields is `records`. */
export const call = <Args, Given extends Args>(
  kernel: Kernel<Args>, args: Exactly<Args, Given> & object, options: CallOptions = {},
): KernelCall => ({ kernel, args, options })

/** The type of a field by the last character of its text; '' for an integer that is no address. */
const TYPES = { '*': 'address', '#': 'table', '.': 'f32', ':': 'f64', '': 'i32' } as const
/** The type of a field: an address, a table of records, another integer, a float or a double; lists have their numbers'. */
export type FieldType = (typeof TYPES)[keyof typeof TYPES]
/** The fields of a class of arguments, in the order of their words. */
type Layout = readonly (readonly [name: string, type: FieldType])[]

const known = new Map<string, Layout>()
/** The fields that a text says. */
export function fieldsOf(text: string): Layout {
  let layout = known.get(text)
  if (!layout) {
    layout = text.split(' ').map((field) => {
      const [, name, mark] = /^(\w+)(\W?)$/.exec(field) as unknown as [string, string, keyof typeof TYPES]
      return [name, TYPES[mark]]
    })
    known.set(text, layout)
  }
  return layout
}

/** Takes a word of a call, and the type of its field. */
type Put = (word: number, type: FieldType) => void

/** Takes what stands for a call's records, to be told from others by identity, and their words; returns where they lie. */
type Place = (records: object, words: () => readonly number[]) => number

/**
 * Hands out the words of a call's arguments, in their order. Addresses are left as they are. Records go behind the fields, or,
 * where the last field is a table, to `place`.
 */
export function encode(given: KernelCall, put: Put, place: Place): void {
  const { layouts } = given.kernel
  const fields = given.args as Fields
  const layout = fieldsOf(layouts[0]!)
  const last = layout.at(-1)!
  if (last[1] !== 'table') return encodeFields(layouts, 0, fields, put)
  for (const field of layout) if (field !== last) encodeField(field, fields, put)
  put(place(fields.records, () => {
    const made: number[] = []
    encodeRecords(layouts, 1, fields, (word) => made.push(word))
    return made
  }), 'table')
}

type Fields = Readonly<Record<string, number | readonly number[]>> & { readonly records: readonly Fields[] }

/** The fields of one object, of the class at `depth`, then its records, of the next. */
function encodeFields(layouts: readonly string[], depth: number, fields: Fields, put: Put): void {
  for (const field of fieldsOf(layouts[depth]!)) encodeField(field, fields, put)
  encodeRecords(layouts, depth + 1, fields, put)
}
function encodeField([name, type]: Layout[number], fields: Fields, put: Put): void {
  const value = fields[name]!
  if (typeof value === 'number') {
    if (type === 'i32' || type === 'address') put(value, type)
    else encodeNumber(value, type, put)
  }
  else for (const one of value) encodeNumber(one, type, put)
}
function encodeRecords(layouts: readonly string[], depth: number, { records }: Fields, put: Put): void {
  if (depth < layouts.length) for (const record of records) encodeFields(layouts, depth, record, put)
}

function encodeNumber(value: number, type: FieldType, put: Put): void {
  if (type === 'f32') put(bits(value), type)
  else if (type === 'f64') for (const half of halves(value)) put(half, type)
  else put(value, type)
}

const view = new DataView(new ArrayBuffer(8))
/** The i32 word that holds the f32 nearest to `x`. */
function bits(x: number): number {
  view.setFloat32(0, x, true)
  return view.getInt32(0, true)
}
/** The two words of a double. */
function halves(x: number): [low: number, high: number] {
  view.setFloat64(0, x, true)
  return [view.getInt32(0, true), view.getInt32(4, true)]
}
