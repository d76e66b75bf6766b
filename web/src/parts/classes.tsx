// Buttons of classes, each with its colour on the latent map.
import { words } from '../text/words.ts'
import { colourOfClass } from './map.tsx'

/** Buttons, at most. */
const MOST_CLASSES = 24

interface Props {
  readonly names: readonly string[]
  /** What a button does, for who does not see where it is. */
  readonly name: (label: string) => string
  /** Which is chosen, where one is. */
  readonly chosen?: number
  readonly onClass: (label: number) => void
}

export function Classes({ names, name, chosen, onClass }: Props) {
  return (
    <div class="classes" role="group" aria-label={words.value.classes}>
      {names.slice(0, MOST_CLASSES).map((each, label) => (
        <button key={each} type="button" aria-label={name(each)} onClick={() => onClass(label)}
          {...(chosen !== undefined && { 'aria-pressed': chosen === label })}>
          <svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill={colourOfClass(label)} /></svg>{each}
        </button>
      ))}
    </div>
  )
}
