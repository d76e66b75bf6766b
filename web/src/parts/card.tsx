// A part of a view, with its heading and a line that says what it is.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Props {
  readonly title: string
  readonly help?: string
  readonly class?: string
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

export function Card({ title, help, class: name = '', aside, children }: Props) {
  const id = useId()
  return (
    <section class={`card ${name}`} aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{title}</h2>
          {help && <p>{help}</p>}
        </div>
        {aside}
      </header>
      {children}
    </section>
  )
}
