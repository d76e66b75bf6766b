// The lint rule behind "values are known by tag": `instanceof` a class of the platform is false for an object of another realm
// (an iframe, a vm context, jsdom). Classes that the file declares or imports are its own.

/** @type {import('eslint').Rule.RuleModule} */
export const realms = {
  meta: {
    type: 'problem',
    docs: { description: 'forbid instanceof for classes of the platform' },
    schema: [],
    messages: { realm: "{{what}} of another realm is no instance of this one's; use isA() or isError() of src/tag.ts" },
  },
  create(context) {
    const { sourceCode } = context
    /** Whether a name is declared or imported here. */
    function isOwn(identifier) {
      for (let scope = sourceCode.getScope(identifier); scope; scope = scope.upper) {
        if (scope.set.get(identifier.name)?.defs.length) return true
      }
      return false
    }
    return {
      'BinaryExpression[operator="instanceof"]'({ right }) {
        let object = right
        while (object.type === 'MemberExpression') ({ object } = object)
        if (object.type === 'Identifier' && isOwn(object)) return
        context.report({ node: right, messageId: 'realm', data: { what: sourceCode.getText(right) } })
      },
    }
  },
}
