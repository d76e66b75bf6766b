// ARM64, emulated: what of `verify` is done in a minute or two. slow/ has the rest.
import { arm64, RECIPES } from './lib/arm64.ts'

arm64({
  1: RECIPES.filter((name) => !name.startsWith('train/')),
  // Those whose steps are long enough for threads to divide them.
  2: RECIPES.filter((name) => name.startsWith('large/')),
})
