// Takes indentation, and comments on lines of their own, from a bundle: a quarter of its text. What is left reads well in a
// stack trace. esbuild's own way would take its marks of what has no effect too, without which bundlers keep all of it.
import ts from 'typescript'

const SPACE = /^ *(?:(?:\/\/.*|\/\*\*[^]*?\*\/)\n *)*/gm

export function thinned(text) {
  const templates = []
  const visit = (node) => {
    if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)) templates.push(node)
    else node.forEachChild(visit)
  }
  visit(ts.createSourceFile('', text, ts.ScriptTarget.ES2022))
  const inText = (at) => templates.some(({ pos, end }) => pos < at && at < end)
  return text.replace(SPACE, (space, at) => (inText(at) ? space : ''))
}
