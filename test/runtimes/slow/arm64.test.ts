// ARM64, emulated: all recipes of `verify`, on one thread and on two.
import { arm64, RECIPES } from '../lib/arm64.ts'

arm64({ 1: RECIPES, 2: RECIPES })
