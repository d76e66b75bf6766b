// What runs were told: of one, all of it; of several, what is not the same in all.
import { Card } from '../parts/card.tsx'
import { differences } from './compare.ts'
import { shown } from './runs.ts'
import { text } from './text.ts'

export function Options() {
  const t = text.value
  const all = shown.value
  const several = all.length > 1
  const rows = differences(all.map(({ facts }) => facts.value))
  const title = several ? t.differ : t.options
  return (
    <Card title={title} help={several ? rows.length ? t.differHelp : t.alike : t.optionsHelp} class="options">
      {rows.length > 0 && (
        <div class="scroll" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.option}</th>
                {all.map(({ index, facts }) => <th key={index} scope="col">{facts.value.name}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ option, values }) => (
                <tr key={option}>
                  <th scope="row">{option}</th>
                  {values.map((value, i) => <td key={i}>{value ?? '–'}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}
