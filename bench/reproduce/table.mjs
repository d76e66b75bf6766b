// docs/reproduced.md, of recipes and of what was measured. A recipe that was not run to its end says so.
const HEAD = `# Published figures, reproduced

\`npm run reproduce\` trains what papers and examples publish, by this package's own command line, and writes this table;
\`npm run reproduce -- keras_vae\` does one recipe. Each is a file of [bench/reproduce](../bench/reproduce). A run that was
stopped or killed goes on where it was saved, with the same command. Times are by the clock, of one thread of a machine that
had other work too: they say how long it took there, not how fast it is.
`

const clock = (seconds) => (seconds < 90 * 60 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`)
const digits = (x) => x.toFixed(Math.abs(x) < 10 ? 4 : 2)

function found({ goal, runs }, result) {
  if (!result) return ['not run', '', '']
  const { figure, reference, seconds, run, epoch, epochs, loss, test, machine = '' } = result
  const met = figure !== undefined && goal(figure, reference) ? 'met' : 'missed'
  if (figure !== undefined) return [`**${digits(figure)}**, ${met}`, clock(seconds), machine]
  const where = Object.keys(runs).length > 1 ? ` of ${run}` : ''
  const losses = [['training', loss], ['test', test]].flatMap(([of, x]) => (x === undefined ? [] : [`${of} loss ${digits(x)}`]))
  const far = `epoch ${epoch}${epochs === undefined ? '' : ` of ${epochs}`}${where}`
  return [`not run to its end: ${[...losses, `after ${far}`].join(', ')}`, clock(seconds), machine]
}

/** @param recipes their names and modules */
export function tableOf(recipes, results) {
  const rows = recipes.map(([name, { recipe }]) => {
    const { title, figure, by, goalText } = recipe
    const measured = results[name]?.reference
    const published = measured ? `${digits(measured.mean)} ± ${measured.deviation.toFixed(2)}` : recipe.published
    return [title, figure, `${published} (${by})`, goalText, ...found(recipe, results[name]), `\`${name}\``]
  })
  const head = ['recipe', 'figure', 'published', 'goal', 'here', 'time', 'machine', 'file']
  const lines = [head, Array(8).fill('---'), ...rows]
  return `${HEAD}\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}
