// The order of the layers, and no circle: what `npm run lint` asks dependency-cruiser, type imports included.
// A folder may import from those before it in LAYERS, and from itself. A folder that is not in LAYERS is refused.
const LAYERS = [
  ['errors', 'options', 'host', 'tag', 'version\\.generated'],
  ['formats', 'data'], ['graph'], ['ops'], ['autodiff'], ['compiler'], ['runtime'], ['pictures'], ['nn'],
  ['models'], ['train'], ['metrics'], ['checkpoint'], ['export', 'swarm'], ['worker', 'node'], ['verify', 'bench'],
  ['cli'], ['entries'],
]
const paths = (names) => `^src/(${names.join('|')})(/|\\.ts$)`

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...['from', 'to'].map((end) => (
      { name: 'has-a-layer', severity: 'error', from: {}, to: {}, [end]: { path: '^src/', pathNot: paths(LAYERS.flat()) } })),
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
