// What host and core agree on, for TypeScript: read from the core's sources by AssemblyScript's own parser, written to
// src/graph/contract.generated.ts. A kernel says its argument class where it is registered: `register<PackArgs>(pack_b_f32)`.
// Classes after the first are of records that follow: `register<Direct, Phase>` has a list of phases after its words, and each
// class after that a list behind each record; a field of type `Table` is where they lie instead, once for all calls that have
// the same ones. Fields `d0`, `d1`, … are one field `d` of so many numbers. Constants, enums and other classes are those whose
// comment has the tag @host.
import { readdirSync, readFileSync } from 'node:fs'
import { NodeKind, Parser } from 'assemblyscript'

/** AssemblyScript's types as src/graph/kernel_call.ts marks them, and their words on the tape. */
const TYPES = { Address: '*', Table: '#', usize: '', i32: '', u32: '', f32: '.', f64: ':' }
const WORDS = { '*': 1, '#': 1, '': 1, '.': 1, ':': 2 }

const textOf = ({ range }) => range.source.text.slice(range.start, range.end)

/** The comment before a declaration, as its lines. */
function docOf({ range }) {
  const before = range.source.text.slice(0, range.start)
  const found = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*(?:\/\/ @ts-ignore.*\s*)?$/.exec(before)
  return found ? found[1].split('\n').map((line) => line.replace(/^[ *]+|\s+$/g, '')).filter(Boolean) : []
}

/** Comments as TypeScript has them, without the tag. */
function comment(doc, indent = '') {
  const lines = doc.map((line) => line.replace(/\s*@host\b/, '')).filter(Boolean)
  if (!lines.length) return ''
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

function parsed() {
  const parser = new Parser()
  for (const file of readdirSync('assembly', { recursive: true }).filter((name) => name.endsWith('.ts')).sort()) {
    parser.parseFile(readFileSync(`assembly/${file}`, 'utf8'), `assembly/${file}`, true)
  }
  const [wrong] = parser.diagnostics
  if (wrong) throw new Error(`${wrong.range?.source.normalizedPath}: ${wrong.message}`)
  return parser.sources.flatMap(({ statements }) => statements)
}

/** Statements of the core that the contract is made of. */
function collect(statements) {
  const classes = new Map()
  const hosts = []
  const constants = []
  const kernels = new Map()
  const isShared = (node) => docOf(node).some((line) => line.includes('@host'))
  for (const node of statements) {
    if (node.kind === NodeKind.ClassDeclaration) {
      const { text } = node.name
      if (classes.has(text)) throw new Error(`two classes are named ${text}: ${textOf(classes.get(text))} and ${textOf(node)}`)
      classes.set(text, node)
      if (isShared(node)) hosts.push(text)
    } else if ((node.kind === NodeKind.Variable || node.kind === NodeKind.EnumDeclaration) && isShared(node)) {
      constants.push(node)
    } else if (node.kind === NodeKind.Expression && node.expression.expression?.text === 'register') {
      const { typeArguments, args: [kernel] } = node.expression
      if (!typeArguments) throw new Error(`register(${textOf(kernel)}) names no class of arguments, expected register<…>`)
      // asc takes the last of two functions of one name without a word.
      if (kernels.has(textOf(kernel))) throw new Error(`two kernels are named ${textOf(kernel)}; give one another name`)
      kernels.set(textOf(kernel), typeArguments.map(textOf))
    }
  }
  return { classes, hosts, constants, kernels }
}

/** The class that a class extends, if it does. */
const baseOf = (name, classes) => {
  const node = classes.get(name)
  if (!node) throw new Error(`there is no class ${name}`)
  return node.extendsType && textOf(node.extendsType)
}

/** The fields that a class has besides its base's: `{ name, type, count, doc }`, where `count` is 0 unless it is a list. */
function ownFields(name, classes) {
  const fields = []
  for (const member of classes.get(name).members) {
    if (member.kind !== NodeKind.FieldDeclaration) continue
    const written = textOf(member.type)
    const type = TYPES[written]
    const known = Object.keys(TYPES).join(', ')
    if (type === undefined) throw new Error(`${name}.${member.name.text} is of type ${written}, expected ${known}`)
    const last = fields.at(-1)
    const [, list, index] = /^(.*?)(\d+)$/.exec(member.name.text) ?? []
    if (index === '0') fields.push({ name: list, type, count: 1, doc: docOf(member) })
    else if (last && last.name === list && last.count === Number(index) && last.type === type) last.count++
    else fields.push({ name: member.name.text, type, count: 0, doc: docOf(member) })
  }
  return fields
}

/** The words of a class, its base's first. A class puts a double at a multiple of 8 bytes; the tape has no gaps. */
function wordsOf(name, classes) {
  const base = baseOf(name, classes)
  let words = base ? wordsOf(base, classes) : 0
  for (const { name: field, type, count } of ownFields(name, classes)) {
    if (type === ':' && words % 2) throw new Error(`${name}.${field} is a double at an odd word; put an even number before it`)
    words += WORDS[type] * (count || 1)
  }
  return words
}

/** The class that a class without fields of its own takes them from. */
function ownerOf(name, classes) {
  const base = baseOf(name, classes)
  return base && !ownFields(name, classes).length ? ownerOf(base, classes) : name
}

/** A class and those that it extends, where they have fields, from the base on. */
function lineOf(name, classes) {
  const base = baseOf(name, classes)
  return [...(base ? lineOf(ownerOf(base, classes), classes) : []), name]
}

/** @param isHosts whether the host writes it elsewhere than on the tape */
function writtenClass(name, classes, isHosts) {
  const fields = ownFields(name, classes)
  const base = baseOf(name, classes) && ownerOf(baseOf(name, classes), classes)
  const typeOf = ({ count }) => (count ? `readonly [${Array.from({ length: count }, () => 'number').join(', ')}]` : 'number')
  const given = fields.filter(({ type }) => TYPES.Table !== type)
  const types = given.map((field) => `${comment(field.doc, '  ')}  readonly ${field.name}: ${typeOf(field)}\n`).join('')
  const head = `export interface ${name}${base ? ` extends ${base}` : ''}`
  const text = lineOf(name, classes).flatMap((each) => ownFields(each, classes)).map(({ name: field, type }) => field + type)
  const layout = `${isHosts ? 'export ' : ''}const ${name} = '${text.join(' ')}'`
  return `${comment(docOf(classes.get(name)))}${head} {\n${types}}\n${layout}\n`
}

function writtenConstant(node) {
  if (node.kind === NodeKind.EnumDeclaration) {
    let value = -1
    const values = node.values.map((member) => {
      value = member.initializer ? Number(textOf(member.initializer)) : value + 1
      return `${comment(docOf(member), '  ')}  ${member.name.text}: ${value},\n`
    })
    return `${comment(docOf(node))}export const ${node.name.text} = {\n${values.join('')}} as const\n`
  }
  return node.declarations.map(({ name, initializer }) =>
    `${comment(docOf(node))}export const ${name.text} = ${textOf(initializer)}\n`).join('')
}

/** The type of a kernel's arguments, from its classes: each one's records follow it. */
function typeOf([first, ...records]) {
  return records.length ? `Followed<${first}, ${typeOf(records)}>` : first
}

/** The text of src/graph/contract.generated.ts; `hash` is that of what it is made from. */
export function contract(hash) {
  const { classes, hosts, constants, kernels } = collect(parsed())
  for (const [kernel, names] of kernels) kernels.set(kernel, names.map((name) => ownerOf(name, classes)))
  const used = [...new Set([...kernels.values()].flat().sort().flatMap((name) => lineOf(name, classes)))]
  used.forEach((name) => wordsOf(name, classes))
  const entries = [...kernels].sort(([a], [b]) => (a < b ? -1 : 1))
  return `// Written by tools/contract.mjs from assembly/: what host and core agree on. ${hash}
import { type Kernel, kernel } from './kernel_call.ts'

${constants.map(writtenConstant).join('\n')}
${[...used, ...hosts].map((name) => writtenClass(name, classes, hosts.includes(name))).join('\n')}
/** Arguments, or records, and those that follow them. */
type Followed<Args, Record> = Args & { readonly records: readonly Record[] }

/** What each kernel takes. */
export interface KernelArgs {
${entries.map(([name, names]) => `  readonly ${name}: ${typeOf(names)}\n`).join('')}}

${entries.map(([name, names]) =>
    `export const ${name} = kernel<${typeOf(names)}>('${name}', ${names.join(', ')})\n`).join('')}
/** All kernels, by their names. */
export const KERNELS: { readonly [Name in keyof KernelArgs]: Kernel<KernelArgs[Name]> } = {
${entries.map(([name]) => `  ${name},\n`).join('')}}
`
}
