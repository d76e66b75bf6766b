// Schemas of several models' options as one: a spread would be a side effect to bundlers, which keep it where nothing uses it.

/** Two tables of options as one; of an option that both have, the second's. */
/* @__NO_SIDE_EFFECTS__ */
export function joined<A extends object, B extends object>(a: A, b: B): A & B {
  return { ...a, ...b }
}
