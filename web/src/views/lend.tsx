// Lending this tab to somebody's run: only after the visitor agreed, slowed and paused as they like, until they stop it.
import { signal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { giveBack, held, lend, lendError, lending, lent, onBattery, pausedBy, whileHidden } from '../state/lend.ts'
import { text, whole } from '../text/index.ts'

const url = signal('')
const user = signal('')
const password = signal('')
const throttle = signal(0.5)
const agreed = signal(false)

const hold = () => void (held.value = !held.value)

const SHARES = [0.1, 0.25, 0.5, 1] as const

export default function Lend() {
  const t = text.value
  const busy = lending.value
  const begin = (event: Event) => {
    event.preventDefault()
    void lend({ url: url.value.trim(), user: user.value.trim(), password: password.value, throttle: throttle.value })
  }
  return (
    <div class="view">
      <Card title={t.lendTitle} help={t.lendHelp} class="settings lend">
        <form onSubmit={begin}>
          <fieldset class="wide" disabled={busy}>
            <Text of={url} label={t.lendUrl} help={t.lendUrlHelp} type="url" wide required />
            <Text of={user} label={t.lendUser} autocomplete="off" />
            <Text of={password} label={t.lendPassword} type="password" autocomplete="off" />
            <Share />
          </fieldset>
          <Tick of={onBattery} label={t.lendBattery} />
          <Tick of={whileHidden} label={t.lendHidden} />
          <Tick of={agreed} label={t.lendConsent} disabled={busy} />
          <div class="buttons wide">
            {!busy && <button class="primary" disabled={!agreed.value || !url.value.trim()}>{t.lendBegin}</button>}
            {busy && <button type="button" class="primary" onClick={giveBack}>{t.stop}</button>}
            {busy && <button type="button" onClick={hold}>{held.value ? t.lendGoOn : t.pause}</button>}
          </div>
        </form>
        <div role="status"><State /></div>
        {lendError.value && <p class="alert" role="alert">{lendError.value}</p>}
      </Card>
    </div>
  )
}

function State() {
  const t = text.value
  const now = lent.value
  if (!now) return lending.value ? <p class="note" data-lent="joining">{t.lendJoining}</p> : null
  const why = now.state === 'paused' ? t.lendPaused[pausedBy.value || 'held'] : t.lendStates[now.state]
  return <p data-lent={now.state} data-tasks={now.tasks}>{why} {t.lendTasks(whole(now.tasks), now.run)}</p>
}

interface TextProps {
  readonly of: typeof url
  readonly label: string
  readonly help?: string
  readonly type?: 'text' | 'url' | 'password'
  readonly autocomplete?: string
  readonly wide?: boolean
  readonly required?: boolean
}

function Text({ of, label, help, wide, type = 'text', ...others }: TextProps) {
  const id = useId()
  return (
    <div class={`field${wide ? ' wide' : ''}`}>
      <label for={id}>{label}</label>
      <input id={id} type={type as 'text'} value={of.value} spellcheck={false} {...others}
        aria-describedby={help && `${id}-about`} onInput={({ currentTarget }) => (of.value = currentTarget.value)} />
      {help && <p id={`${id}-about`}>{help}</p>}
    </div>
  )
}

function Share() {
  const id = useId()
  const choose = ({ currentTarget }: { currentTarget: HTMLSelectElement }) => {
    throttle.value = SHARES[currentTarget.selectedIndex]!
  }
  return (
    <div class="field">
      <label for={id}>{text.value.lendShare}</label>
      <select id={id} value={throttle.value} onChange={choose}>
        {SHARES.map((each) => <option key={each} value={each}>{whole(100 * each)} %</option>)}
      </select>
    </div>
  )
}

interface TickProps {
  readonly of: typeof agreed
  readonly label: string
  readonly disabled?: boolean
}

function Tick({ of, label, disabled = false }: TickProps) {
  const turn = (event: { currentTarget: HTMLInputElement }) => void (of.value = event.currentTarget.checked)
  return (
    <label class="tick wide">
      <input type="checkbox" checked={of.value} disabled={disabled} onChange={turn} />
      {label}
    </label>
  )
}
