// The order of the layers, and no circle: what `npm run lint` asks dependency-cruiser, type imports included.
// A folder may import from those before it in LAYERS, and from itself.
const LAYERS = [
  ['errors', 'options', 'host', 'version\\.generated'], ['formats', 'data'], ['graph'], ['ops'], ['autodiff'], ['compiler'],
  ['runtime'], ['pictures'], ['nn'], ['models'],
  ['train'], ['metrics'], ['checkpoint'], ['export', 'swarm'], ['worker', 'node'], ['verify', 'bench'], ['cli'], ['entries'],
]
const paths = (names) => `^src/(${names.join('|')})(/|\\.ts$)`

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...LAYERS.slice(0, -1).map((names, i) => ({
      name: `${names[0]}-imports-downwards`, severity: 'error',
      from: { path: paths(names) }, to: { path: paths(LAYERS.slice(i + 1).flat()) },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
