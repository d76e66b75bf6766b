// docs/reproduced.md, of recipes and of what was measured. A recipe that was not run to its end says so.
const HEAD = `# Published figures, reproduced

\`npm run reproduce\` trains what papers and examples publish, by this package's own command line, and writes this table;
\`npm run reproduce -- keras_vae\` does one recipe. Each is a file of [bench/reproduce](../bench/reproduce). A run that was
stopped goes on where it was. Times are of one thread of a machine that had other work too.
`

const clock = (seconds) => (seconds < 90 * 60 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`)

function found({ goal, runs }, result) {
  if (!result) return ['not run', '']
  const { figure, seconds, run, epoch, loss, test } = result
  if (figure !== undefined) return [`**${figure.toFixed(2)}**, ${goal(figure) ? 'met' : 'missed'}`, clock(seconds)]
  const where = Object.keys(runs).length > 1 ? ` of ${run}` : ''
  const losses = `training loss ${loss.toFixed(2)}${test === undefined ? '' : `, test loss ${test.toFixed(2)}`}`
  return [`not run to its end: ${losses} after epoch ${epoch}${where}`, clock(seconds)]
}

/** @param recipes their names and modules */
export function tableOf(recipes, results) {
  const rows = recipes.map(([name, { recipe }]) => {
    const { title, figure, published, by, goalText } = recipe
    return [title, figure, `${published} (${by})`, goalText, ...found(recipe, results[name]), `\`${name}\``]
  })
  const lines = [['recipe', 'figure', 'published', 'goal', 'here', 'time', 'file'], Array(7).fill('---'), ...rows]
  return `${HEAD}\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}
