// The lint rule behind the determinism contract: no number that reaches a model may come from a function whose result
// an engine may choose, and nothing outside src/node and src/cli may need Node. Globals are told from locals by scope,
// and may not be renamed, so that every use can be seen.
import { builtinModules } from 'node:module'

/** Math's members that ECMA-262 fixes to the last bit. Everything else of Math is "implementation-approximated" or random. */
const EXACT = new Set([
  'abs', 'ceil', 'clz32', 'f16round', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc',
  'E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2',
])
/** `Math` here and in AssemblyScript. */
const MATHS = new Set(['Math', 'Mathf', 'NativeMath', 'NativeMathf', 'JSMath'])
const NODE = new Set(['Buffer', 'process', 'require', 'module', 'exports', 'global', '__dirname', '__filename', 'setImmediate'])
const GLOBAL_OBJECTS = new Set(['globalThis', 'window', 'self', 'global', 'frames'])
const RANDOM = new Set(['getRandomValues', 'randomUUID'])
const BUILTINS = new Set(builtinModules.filter((name) => !name.startsWith('node:')))

const CASTS = new Set(['TSAsExpression', 'TSTypeAssertion', 'TSNonNullExpression', 'TSSatisfiesExpression'])

/** A member's name, or null where it is computed. */
function memberName({ computed, property }) {
  if (!computed) return property.name ?? null
  if (property.type === 'Literal') return String(property.value)
  return property.type === 'TemplateLiteral' && !property.expressions.length ? property.quasis[0].value.cooked : null
}

/** @type {import('eslint').Rule.RuleModule} */
export const determinism = {
  meta: {
    type: 'problem',
    docs: { description: 'forbid host functions whose result engines may choose, the clock, and Node' },
    schema: [{ type: 'object', properties: { clock: { type: 'boolean' } }, additionalProperties: false }],
    defaultOptions: [{ clock: false }],
    messages: {
      math: "{{math}}.{{name}} differs between engines; use the core's own, or exact operations (+ - * / Math.sqrt)",
      computed: '{{math}}[…] may be any function of {{math}}; name the member',
      alias: '{{math}} may not be passed on, renamed or destructured; write {{math}}.{{like}} where it is used',
      power: '{{operator}} differs between engines; multiply instead',
      date: 'Date is not part of a run; a result may not depend on the clock',
      clock: 'the clock may only pace training (performance.now in src/train, src/swarm)',
      random: '{{name}} cannot be repeated; draw from Philox with a seed',
      node: "'{{name}}' is only in Node; the default entry runs anywhere: move this to src/node or src/cli",
    },
  },
  create(context) {
    const [{ clock }] = context.options
    const report = (node, messageId, data) => context.report({ node, messageId, data })

    /** Judges a use of the global `name` at `node`, the identifier or `globalThis.name`. */
    function judge(name, node) {
      let object = node
      while (CASTS.has(object.parent.type)) object = object.parent
      const { parent } = object
      const member = parent.type === 'MemberExpression' && parent.object === object ? parent : null
      if (GLOBAL_OBJECTS.has(name)) {
        const inner = member && memberName(member)
        if (inner) return judge(inner, member)
        if (parent.operator !== 'in' && parent.operator !== 'typeof') return report(node, 'alias', { math: name, like: 'name' })
      }
      if (MATHS.has(name)) {
        if (!member) return report(node, 'alias', { math: name, like: 'sqrt(x)' })
        const used = memberName(member)
        if (used === null) report(member, 'computed', { math: name })
        else if (!EXACT.has(used)) report(member, 'math', { math: name, name: used })
      } else if (name === 'Date') {
        report(node, 'date')
      } else if (name === 'performance') {
        if (!clock || !member || memberName(member) !== 'now') report(node, 'clock')
      } else if (name === 'crypto') {
        const used = member && memberName(member)
        if (!member || !used || RANDOM.has(used)) report(node, 'random', { name: `crypto.${used ?? '…'}` })
      } else if (NODE.has(name)) {
        report(node, 'node', { name })
      }
    }

    /** Judges a module specifier. */
    function imported(source) {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return
      const name = source.value
      const ofNode = name.startsWith('node:') || BUILTINS.has(name.split('/')[0]) || /^\.{1,2}\/(.*\/)?(node|cli)\//.test(name)
      if (ofNode) report(source, 'node', { name })
    }

    return {
      'Program:exit'(program) {
        const { globalScope } = context.sourceCode.scopeManager
        const undeclared = globalScope.variables.filter(({ defs }) => !defs.length).flatMap(({ references }) => references)
        for (const { identifier, isTypeReference } of new Set([...globalScope.through, ...undeclared])) {
          if (!isTypeReference && identifier !== program) judge(identifier.name, identifier)
        }
      },
      'BinaryExpression[operator="**"], AssignmentExpression[operator="**="]'(node) {
        report(node, 'power', { operator: node.operator })
      },
      'ImportDeclaration, ImportExpression, TSImportType': (node) => imported(node.source),
      'ExportNamedDeclaration, ExportAllDeclaration': (node) => imported(node.source),
    }
  },
}
