// Where the cores are that the default entry does not carry, each in a module of its own: by shared memory (1), wide vectors
// (2), relaxed precision (4), less one. Loaded when one is asked for.
export const others = [
  () => import('./cores/threads.generated.ts'),
  () => import('./cores/wide.generated.ts'),
  () => import('./cores/wide_threads.generated.ts'),
  () => import('./cores/relaxed.generated.ts'),
  () => import('./cores/relaxed_threads.generated.ts'),
  () => import('./cores/relaxed_wide.generated.ts'),
  () => import('./cores/relaxed_wide_threads.generated.ts'),
]
