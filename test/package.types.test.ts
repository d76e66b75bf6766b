// What the package's types name can be imported: a type that a file of dist exports, and that the types of an entry lead to, is
// exported by an entry. What is nobody's business is @internal, which is left out of the types, or not exported by its file.
import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { built } from './dist.ts'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, { types?: string }> }
const entries = Object.entries(exports).flatMap(([key, { types }]) => (types && key !== './thread.js' ? [types] : []))
const program = ts.createProgram(entries.map((file) => built(file.replace('./dist/', ''))), {
  module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, types: ['node'],
})
const checker = program.getTypeChecker()
const resolved = (s: ts.Symbol): ts.Symbol => (s.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(s) : s)
const declaredInDist = (s: ts.Symbol): ts.Declaration | undefined =>
  s.declarations?.find((d) => d.getSourceFile().fileName.includes('/dist/') && !ts.isTypeParameterDeclaration(d))
const exportsOf = (module: ts.Symbol): ts.Symbol[] => checker.getExportsOfModule(module).map(resolved)
const moduleOf = (file: ts.SourceFile): ts.Symbol => checker.getSymbolAtLocation(file)!

/** What can be imported: of namespaces too, all that they hold. */
function importable(): Set<ts.Symbol> {
  const found = new Set<ts.Symbol>()
  const add = (module: ts.Symbol): void => {
    for (const symbol of exportsOf(module)) {
      if (found.has(symbol)) continue
      found.add(symbol)
      if (symbol.flags & ts.SymbolFlags.ValueModule) add(symbol)
    }
  }
  for (const file of program.getRootFileNames()) add(moduleOf(program.getSourceFile(file)!))
  return found
}

/** The names in a declaration that stand for types. */
function namesIn(declaration: ts.Node): ts.Identifier[] {
  const names: ts.Identifier[] = []
  const visit = (node: ts.Node): void => {
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return
    const { parent } = node
    const isType = ts.isTypeReferenceNode(parent) || ts.isExpressionWithTypeArguments(parent) || ts.isTypeQueryNode(parent) ||
      ts.isQualifiedName(parent) || ts.isImportTypeNode(parent)
    if (ts.isIdentifier(node) && isType) names.push(node)
    node.forEachChild(visit)
  }
  declaration.forEachChild(visit)
  return names
}

it('everything that they name', () => {
  const known = importable()
  const seen = new Set(known)
  const hidden: string[] = []
  // What is added on the way is gone through too.
  for (const symbol of seen) {
    const own = (symbol.declarations ?? []).filter((d) => d.getSourceFile().fileName.includes('/dist/') && !ts.isSourceFile(d))
    for (const name of own.flatMap(namesIn)) {
      const at = checker.getSymbolAtLocation(name)
      const named = at && resolved(at)
      const declaration = named && declaredInDist(named)
      if (!declaration || ts.isSourceFile(declaration) || seen.has(named)) continue
      seen.add(named)
      const file = declaration.getSourceFile()
      const isExported = exportsOf(moduleOf(file)).includes(named)
      // A schema is a value, or what a function gives: options that are typed by it have a name of their own.
      const isSchema = ts.isVariableDeclaration(declaration) || ts.isFunctionDeclaration(declaration)
      if (isExported && !isSchema) hidden.push(`${named.name} of ${file.fileName.split('/dist/')[1]}, which ${symbol.name} names`)
    }
  }
  expect(known.size).toBeGreaterThan(300)
  expect(hidden).toEqual([])
})

it('what editors show of each option: its comment is there, though its type is made of a schema', () => {
  const all = [...importable()].filter(({ name }) => name.endsWith('Options'))
  expect(all.length).toBeGreaterThan(40)
  const silent = all.flatMap((symbol) => {
    const properties = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    const bare = properties.filter((property) => !property.getDocumentationComment(checker).length)
    return bare.map((property) => `${symbol.name}.${property.name}`)
  })
  expect(silent).toEqual([])
})
