// The cores that the default entry does not carry, by their names, each in a module of its own that is loaded when asked for.
// Where a build left a core out (CONTRIBUTING, Packaging), its module holds an empty text.
/* eslint-disable no-restricted-syntax -- one of them, before there is a session */
export const optionalCores = {
  threads: () => import('./cores/threads.generated.ts'),
  wide: () => import('./cores/wide.generated.ts'),
  'wide-threads': () => import('./cores/wide_threads.generated.ts'),
  relaxed: () => import('./cores/relaxed.generated.ts'),
  'relaxed-threads': () => import('./cores/relaxed_threads.generated.ts'),
  'relaxed-wide': () => import('./cores/relaxed_wide.generated.ts'),
  'relaxed-wide-threads': () => import('./cores/relaxed_wide_threads.generated.ts'),
} satisfies Record<string, () => Promise<{ readonly core: string }>>
