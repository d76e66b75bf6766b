// Recipes that are trained from several seeds and judged by a mean.

/** The runs of a recipe, by their names: the arguments of `ganglion train`, with a seed each. */
export const overSeeds = (args, seeds = [1, 2, 3]) => Object.fromEntries(
  seeds.map((seed) => [`seed${seed}`, () => [...args, '--seed', `${seed}`]]))

export const meanOf = (values) => values.reduce((sum, x) => sum + x, 0) / values.length

/** The mean over runs of what `figure` says of one. */
export const meanBy = (figure) => (runs) => meanOf(Object.values(runs).map(figure))

export const testLoss = ({ last }) => last.test.loss
/** As `ganglion evaluate` says it; the recipe has to have it called. */
export const frechet = ({ evaluated }) => evaluated.distribution.figures.frechet
