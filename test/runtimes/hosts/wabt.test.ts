// The core in wabt's interpreter: ops, random draws, optimizers, and a few steps of each model, because it is slow.
import { hostTests } from './host.ts'
import { wabt } from './wabt.ts'

hostTests(await wabt(), (recipe) => !recipe.startsWith('train/'))
