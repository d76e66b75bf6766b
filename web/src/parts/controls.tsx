// Run, pause, one step, restart, and how training stands.
import { restart, run } from '../state/current.ts'
import { factsOf } from '../state/facts.ts'
import type { Run } from '../state/run.ts'
import { SIDES } from '../state/sides.ts'
import { text, whole } from '../text/index.ts'
import { Pause, Play, Restart, Single, Slow } from './icons.tsx'

export function Controls() {
  const now = run.value
  const t = text.value
  const status = now?.status.value ?? 'starting'
  const running = status === 'running' || status === 'starting'
  const ready = status === 'running' || status === 'paused'
  return (
    <div class="controls" role="group" aria-label={t.controls}>
      <div class="buttons">
        <button type="button" class="primary" disabled={status === 'starting' || status === 'failed'}
          onClick={() => (running ? now?.pause() : now?.resume())}>
          {running ? <Pause /> : <Play />}{running ? t.pause : t.run}
        </button>
        <button type="button" disabled={status !== 'paused'} onClick={() => now?.single()}>
          <Single /><span>{t.single}</span>
        </button>
        <button type="button" onClick={restart}><Restart /><span>{t.restart}</span></button>
        <button type="button" data-slow aria-pressed={now?.slow.on.value ?? false} disabled={!ready}
          onClick={() => void now?.slowly(!now.slow.on.value)}>
          <Slow /><span>{t.slowly}</span>
        </button>
        {now && !factsOf(now.settings.model).encodes && <Trains run={now} disabled={!ready} />}
      </div>
      {now && <Numbers run={now} />}
      {now && <Threads run={now} />}
    </div>
  )
}

/** Which of a GAN's networks train. */
function Trains({ run, disabled }: { readonly run: Run, readonly disabled: boolean }) {
  const t = text.value
  return (
    <select class="sides" aria-label={t.trainsWhich} value={run.sides.trains.value} disabled={disabled}
      onChange={({ currentTarget }) => void run.only(SIDES[currentTarget.selectedIndex]!)}>
      {SIDES.map((side) => <option key={side} value={side}>{t.sides[side]}</option>)}
    </select>
  )
}

function Numbers({ run: { status, step, epoch, speed, threads } }: { readonly run: Run }) {
  const t = text.value
  const team = threads.value
  return (
    <dl class="numbers">
      <div class="status"><dt>{t.status[status.value]}</dt><dd class={`dot ${status.value}`} data-status={status.value} /></div>
      <div><dt>{t.step}</dt><dd data-number="step">{whole(step.value)}</dd></div>
      <div><dt>{t.epoch}</dt><dd>{whole(epoch.value)}</dd></div>
      <div><dt>{t.speed}</dt><dd data-number="speed">{whole(speed.value)}</dd></div>
      <div><dt>{t.threads}</dt><dd data-number="threads">{team ? team.count : '–'}</dd></div>
    </dl>
  )
}

/** How many threads there are, and why: what a browser grants is not seen otherwise. */
function Threads({ run: { threads } }: { readonly run: Run }) {
  const { threadsAre, threadsWhy } = text.value
  const team = threads.value
  if (!team) return null
  const processors = navigator.hardwareConcurrency
  const alone = processors > 1 ? (crossOriginIsolated ? team.reason : threadsWhy.plain) : threadsWhy.single
  const why = team.count > 1 ? threadsWhy.several(whole(processors)) : alone
  return <p class="note threads" data-threads>{threadsAre(whole(team.count), why)}</p>
}
