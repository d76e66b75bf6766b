// The numbers of a code: how much each tells of an image, and where images have it beside the prior.
import { useMemo } from 'preact/hooks'
import type { Encoded } from '../state/mapped.ts'
import { meanOf, spreadOf } from '../state/plane.ts'
import type { Run } from '../state/run.ts'
import { dark } from '../state/theme.ts'
import { figure, text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { colourOf } from './chart.tsx'
import { useSeen } from './seen.ts'

/** Nats from which on a number of a code is said to be used. */
const USED = 0.1
/** Numbers that are drawn: of longer codes, those that tell most. */
const MOST = 48
/** Units of a drawing: of a number, and of its height. Spreads are shown up to so many of the prior's. */
const [EACH, HEIGHT, REACH] = [10, 100, 3]

export function Numbers({ run, encoded }: { readonly run: Run, readonly encoded: Encoded | null }) {
  const t = text.value
  const { latest, error } = useSeen(run)
  const { divergence = null } = latest.value ?? {}
  const codes = encoded?.codes
  const size = encoded?.plane.size ?? 0
  const facts = useMemo(() => {
    if (!codes) return null
    const mean = meanOf(codes, size)
    return { mean, spread: spreadOf(codes, mean) }
  }, [codes, size])
  if (error.value) return <Card title={t.numbers}><p class="alert" role="alert">{error.value}</p></Card>
  if (!facts) return <Card title={t.numbers} help={t.numbersHelp}><p class="note" role="status">{t.looking}</p></Card>
  const telling = divergence ?? facts.spread
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => telling[b]! - telling[a]!).slice(0, MOST)
  return (
    <Card title={t.numbers} help={t.numbersHelp} class="numbers-of">
      {divergence && (
        <p class="note" data-used>{t.used(whole(divergence.filter((x) => x > USED).length), whole(size),
          figure(divergence.reduce((a, b) => a + b, 0)))}</p>
      )}
      <div class={divergence ? 'pair' : ''}>
        {divergence && <Divergence of={order.map((i) => divergence[i]!)} />}
        <Spreads order={order} {...facts} />
      </div>
      <Figures order={order} divergence={divergence} {...facts} />
    </Card>
  )
}

function Divergence({ of }: { readonly of: readonly number[] }) {
  const t = text.value
  const most = Math.max(...of, USED)
  return (
    <figure class="columns">
      <svg viewBox={`0 0 ${of.length * EACH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t.divergence}>
        {of.map((nats, i) => (
          <rect key={i} x={i * EACH + 1} width={EACH - 2} y={HEIGHT * (1 - nats / most)} height={HEIGHT * nats / most}
            fill={colourOf(0, dark.value)} />
        ))}
      </svg>
      <figcaption><span>{t.divergence}</span><span>{t.upTo(figure(most))}</span></figcaption>
    </figure>
  )
}

interface Facts {
  readonly order: readonly number[]
  readonly mean: Float32Array
  readonly spread: Float32Array
}

/** Each number's mean and one spread to both sides, on the prior's: a band of one. */
function Spreads({ order, mean, spread }: Facts) {
  const t = text.value
  const reach = Math.max(REACH, ...order.map((i) => Math.abs(mean[i]!) + spread[i]!))
  const y = (x: number) => HEIGHT / 2 * (1 - x / reach)
  const ink = colourOf(1, dark.value)
  return (
    <figure class="columns">
      <svg viewBox={`0 0 ${order.length * EACH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={t.spreads}>
        <rect class="band" width={order.length * EACH} y={y(1)} height={y(-1) - y(1)} />
        {order.map((number, i) => {
          const [top, end] = [y(mean[number]! + spread[number]!), y(mean[number]! - spread[number]!)]
          return (
            <g key={i} fill={ink}>
              <rect class="spread" x={i * EACH + 2} width={EACH - 4} y={top} height={Math.max(0.6, end - top)} />
              <rect x={i * EACH + 1} width={EACH - 2} y={y(mean[number]!) - 0.6} height={1.2} />
            </g>
          )
        })}
      </svg>
      <figcaption><span>{t.spreads}</span><span>{t.band}</span></figcaption>
    </figure>
  )
}

function Figures({ order, mean, spread, divergence }: Facts & { readonly divergence: Float32Array | null }) {
  const t = text.value
  return (
    <details class="table">
      <summary>{t.lossTable}</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label={t.numbers}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.number}</th>{divergence && <th scope="col">{t.metrics['kl']}</th>}
              <th scope="col">{t.mean}</th><th scope="col">{t.spread}</th>
            </tr>
          </thead>
          <tbody>
            {order.map((i) => (
              <tr key={i}>
                <th scope="row">{i + 1}</th>{divergence && <td>{figure(divergence[i]!)}</td>}
                <td>{figure(mean[i]!)}</td><td>{figure(spread[i]!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
