// From one image to another, through what lies between their codes.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Encoded } from '../state/encoded.ts'
import { CLASSES } from '../state/look.ts'
import { between } from '../state/plane.ts'
import type { Run } from '../state/run.ts'
import { text } from '../text/index.ts'
import { Card } from './card.tsx'
import { useDecoded } from './decoded.ts'
import { Dice } from './icons.tsx'
import { Tiles } from './tiles.tsx'

const STEPS = 9
const anySeed = () => Math.floor(Math.random() * 1e6)

interface Props {
  readonly run: Run
  readonly encoded: Encoded | null
}

export function Walk({ run, encoded }: Props) {
  const t = text.value
  const from = useSignal(3)
  const to = useSignal(8)
  const ends = useSignal<Float32Array | null>(null)
  const draw = async (seed: number) => {
    ends.value = await run.trainer!.drawCodes(2, { seed })
  }
  useEffect(() => void (encoded || draw(run.settings.seed)), [run])
  const codes = useMemo(() => {
    const pair = encoded ? [from.value, to.value].map((label) => firstOf(encoded, label)) : halves(ends.value)
    return pair && between(pair[0]!, pair[1]!, STEPS)
  }, [encoded, from.value, to.value, ends.value])
  const images = useDecoded(run, codes)
  return (
    <Card title={t.walk} help={encoded ? t.walkHelp : t.walkNoise} class="walk" aside={encoded
      ? <div class="ends"><End name={t.from} value={from} /><End name={t.to} value={to} /></div>
      : <button type="button" class="quiet" onClick={() => void draw(anySeed())}><Dice />{t.otherEnds}</button>}>
      <Tiles images={images.value} shape={[28, 28, 1]} columns={STEPS} count={STEPS} label={t.walkAlt} />
    </Card>
  )
}

/** The code of the first test image of a class. */
function firstOf({ codes, labels, plane: { size } }: Encoded, label: number): Float32Array {
  const row = Array.prototype.indexOf.call(labels, label)
  return codes.subarray(row * size, (row + 1) * size)
}
const halves = (pair: Float32Array | null) => pair && [pair.subarray(0, pair.length / 2), pair.subarray(pair.length / 2)]

function End({ name, value }: { readonly name: string, readonly value: { value: number } }) {
  return (
    <label>
      <span>{name}</span>
      <select value={value.value} onChange={({ currentTarget }) => (value.value = Number(currentTarget.value))}>
        {Array.from({ length: CLASSES }, (_, label) => <option key={label} value={label}>{label}</option>)}
      </select>
    </label>
  )
}
