// Every function that the package exports has an example in its docstring; TypeScript compiles all of them, in one program. Those
// that build graphs are run, and where one says what comes out, that is compared.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import * as ganglion from '../src/entries/index.ts'
import * as names from './docstring_names.ts'
import { evaluate, newSession } from './harness.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
interface Example {
  readonly name: string
  /** Of what stands before the point in its name: two entries have a createRuntime. */
  readonly type: string
  readonly file: string
  readonly text: string
}
/** Whose examples are run: they build graphs, or check values. */
const RUN = /^src\/(autodiff|compiler|graph|nn|ops|options)\b/

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, { types?: string }>
}
const entries = Object.values(exports).flatMap(({ types }) => types ?? [])
  .map((types) => types.replace('./dist/', 'src/').replace('.d.ts', '.ts'))
const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root).options,
  noEmit: true, rootDir: undefined, noUnusedLocals: false, noUncheckedIndexedAccess: false,
}
const NAMES = join(root, 'test/docstring_names.ts')
const program = ts.createProgram([...entries.map((file) => join(root, file)), NAMES], options)
const checker = program.getTypeChecker()

const isValue = (symbol: ts.Symbol): boolean => Boolean(symbol.flags & ts.SymbolFlags.Value)
/** What an entry exports as a value, types of classes left out: by name. */
function valuesOf(module: ts.Symbol): [name: string, symbol: ts.Symbol][] {
  return checker.getExportsOfModule(module).flatMap((symbol): [string, ts.Symbol][] => {
    const typeOnly = symbol.declarations?.some((d) => ts.isTypeOnlyImportOrExportDeclaration(d))
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    return typeOnly || !isValue(target) ? [] : [[symbol.name, target]]
  })
}
/** Where each name comes from, for the examples: `typeof import('FILE').NAME`. */
const origins = new Map<string, string>()
const symbols = new Map<ts.Symbol, { readonly name: string; readonly type: string }>()
for (const entry of entries) {
  for (const [name, symbol] of valuesOf(checker.getSymbolAtLocation(program.getSourceFile(join(root, entry))!)!)) {
    const type = `typeof import('${join(root, entry)}').${name}`
    if (!origins.has(name)) origins.set(name, type)
    if (symbol.flags & ts.SymbolFlags.ValueModule) {
      for (const [member, target] of valuesOf(symbol)) {
        if (!symbols.has(target)) symbols.set(target, { name: `${name}.${member}`, type })
      }
    } else if (!symbols.has(symbol)) symbols.set(symbol, { name, type })
  }
}
for (const { name } of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(NAMES)!)!)) {
  origins.set(name, `typeof import('${NAMES}').${name}`)
}

const isFunction = (symbol: ts.Symbol): boolean => checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0
const tagged = [...symbols].filter(([symbol]) => isFunction(symbol)).map(([symbol, of]) => ({
  ...of, file: symbol.declarations![0]!.getSourceFile().fileName.replace(root, ''),
  texts: symbol.getJsDocTags(checker).filter((tag) => tag.name === 'example').map((tag) => ts.displayPartsToString(tag.text)),
}))
const examples: Example[] = tagged.flatMap(({ texts, ...of }) => texts.map((text) => ({ ...of, text })))

it('every exported function has an example', () => {
  expect(tagged.length).toBeGreaterThan(200)
  expect(tagged.filter(({ texts }) => !texts.length).map(({ file, name }) => `${file} ${name}`)).toEqual([])
})

it('every example is a program of the public names', () => {
  const declared = [...origins].map(([name, type]) => `  const ${name}: ${type}`).join('\n')
  const from = `import('${join(root, 'src/entries/index.ts')}')`
  const types = `  type Attrs = ${from}.Attrs\n  type CallsRule<A extends Attrs> = ${from}.CallsRule<A>`
  const files = new Map([[join(root, 'test/docstring_prelude.ts'), `export {}\ndeclare global {\n${types}\n${declared}\n}\n`]])
  examples.forEach(({ name, type, text }, i) => files.set(
    join(root, `test/docstring_${i}.ts`),
    `export {}\ndeclare const ${name.split('.')[0]!}: ${type}\nasync () => {\n${text}\n}\n`))
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (file) => files.has(file) || fileExists(file)
  host.getSourceFile = (file, ...rest) => {
    const text = files.get(file)
    return text === undefined ? program.getSourceFile(file) ?? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, text, { languageVersion: ts.ScriptTarget.ES2022, impliedNodeFormat: ts.ModuleKind.ESNext })
  }
  const whole = ts.createProgram([...files.keys(), NAMES], options, host)
  const faults = [...files.keys()].flatMap((file) => {
    const source = whole.getSourceFile(file)!
    return [...whole.getSyntacticDiagnostics(source), ...whole.getSemanticDiagnostics(source)].map(({ messageText }) => (
      `${examples[Number(/_(\d+)\.ts$/.exec(file)?.[1])]?.name ?? 'prelude'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`))
  })
  expect(faults).toEqual([])
})

describe('examples that are run', () => {
  const known = { ...ganglion, ...names }
  const run = (body: string): unknown => (
    compileFunction(body, Object.keys(known)) as (...values: readonly unknown[]) => unknown)(...Object.values(known))
  const chosen = examples.filter(({ file }) => RUN.test(file))
  it('are most', () => expect(chosen.length).toBeGreaterThan(examples.length / 2))
  let session: Awaited<ReturnType<typeof newSession>>
  beforeAll(async () => {
    session = await newSession()
  })
  it.each(chosen.map((example) => [example.name, example] as const))('%s', async (_, { text }) => {
    const { outputText } = ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
    await run(`return (async () => {${outputText}})()`)
    const [, expression, said] = /^(.+) \/\/ (-?[\d.]+|\[[-\d., ]+\]|true|false)$/.exec(text) ?? []
    if (!expression) return
    const value = run(`return ${expression}`)
    const got = value instanceof ganglion.Tensor ? [...evaluate(session, [], () => [value], [])[0]!] : [value].flat()
    const wanted = [JSON.parse(said!) as number | number[]].flat()
    expect(got.map((v) => (typeof v === 'number' ? Math.round(v * 1000) / 1000 : v))).toEqual(wanted)
  })
})
