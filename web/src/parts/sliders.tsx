// A slider for each number of a code; of long codes, for those that differ most from image to image.
import { useMemo } from 'preact/hooks'
import { meanOf, spreadOf } from '../state/plane.ts'
import { figure, text } from '../text/index.ts'

const MOST = 24
/** Spreads to each side of the mean; without codes to go by, the noise's. */
const REACH = 3

interface Props {
  readonly code: Float32Array
  /** Codes of images, where there are any. */
  readonly codes: Float32Array | null
  readonly onCode: (code: Float32Array) => void
}

export function Sliders({ code, codes, onCode }: Props) {
  const size = code.length
  const { mean, spread } = useMemo(() => {
    const mean = codes ? meanOf(codes, size) : new Float32Array(size)
    return { mean, spread: codes ? spreadOf(codes, mean) : new Float32Array(size).fill(1) }
  }, [codes, size])
  // Chosen once: a slider must not move away under a hand.
  const shown = useMemo(() => {
    const all = Array.from({ length: size }, (_, i) => i)
    return all.sort((a, b) => spread[b]! - spread[a]!).slice(0, MOST).sort((a, b) => a - b)
  }, [size, codes === null])
  return (
    <div class="sliders">
      {shown.map((i) => {
        const reach = REACH * (spread[i]! || 1)
        return (
          <label key={i}>
            <span>{i + 1}</span>
            <input type="range" min={mean[i]! - reach} max={mean[i]! + reach} step={reach / 100} value={code[i]}
              aria-label={text.value.codeNumber(String(i + 1))} aria-valuetext={figure(code[i]!)}
              onInput={({ currentTarget }) => onCode(code.map((x, at) => (at === i ? currentTarget.valueAsNumber : x)))} />
          </label>
        )
      })}
    </div>
  )
}
