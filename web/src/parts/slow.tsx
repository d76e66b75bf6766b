// A step in slow motion: its parts, the one that is shown now, and what is known of each.
import { useMemo } from 'preact/hooks'
import { byPart } from '../state/probed.ts'
import type { Run } from '../state/run.ts'
import { stepOf, type StepPart } from '../state/slow.ts'
import { figure, text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { nameOf } from './figures.tsx'
import { useSeen } from './seen.ts'

/** The figures and the networks that a part is about. */
const METRICS: Readonly<Partial<Record<StepPart, readonly string[]>>> = {
  compare: ['loss', 'reconstruction', 'kl'], judge: ['discriminator'], slopes: ['generator'],
}
const NETWORKS: Readonly<Partial<Record<StepPart, RegExp>>> = {
  gradients: /^/, updateDiscriminator: /^(?:discriminator|critic|score|features|projection)/, updateGenerator: /^generator/,
}

export function SlowStep({ run }: { readonly run: Run }) {
  const t = text.value
  const { settings: { model, batch }, step, curve, drawn, slow } = run
  const version = drawn.value
  const last = useMemo(() => {
    const { values } = curve.series()
    return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.findLast((x) => x !== null)]))
  }, [curve, version])
  const norms = useSeen(run).latest.value?.norms
  const figures = (part: StepPart): string[] => {
    const metrics = (METRICS[part] ?? []).flatMap((name) => (
      last[name] == null ? [] : [`${nameOf(name)} ${figure(last[name])}`]))
    const networks = NETWORKS[part] && norms
      ? Object.entries(byPart(norms)).filter(([name]) => NETWORKS[part]!.test(name)) : []
    return [...metrics, ...networks.map(([name, norm]) => `‖∂ ${name}‖ ${figure(norm)}`)]
  }
  return (
    <Card title={t.slowTitle(whole(step.value))} help={t.slowHelp} class="slow">
      <ol class="steps" data-part={slow.part.value ?? ''}>
        {stepOf(model).map((part) => (
          <li key={part} aria-current={slow.part.value === part ? 'step' : undefined}>
            <b>{t.stepParts[part](whole(batch))}</b>
            {figures(part).map((each) => <span key={each}>{each}</span>)}
          </li>
        ))}
      </ol>
    </Card>
  )
}
