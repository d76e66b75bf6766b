// A pad to draw on: white on black, as the digits are, so that a drawing can be among them.
import { useSignal } from '@preact/signals'
import type { TargetedPointerEvent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type GivenFile, pictureOf } from '../state/given.ts'
import { text } from '../text/index.ts'

type Pointed = TargetedPointerEvent<HTMLCanvasElement>

const SIDE = 280
const STROKE = 22

function clear(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d')!
  context.fillStyle = '#000'
  context.fillRect(0, 0, SIDE, SIDE)
}

export function Pad({ onPicture }: { readonly onPicture: (file: GivenFile) => void }) {
  const t = text.value
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawn = useSignal(false)
  const name = useSignal('')
  const last = useRef<readonly [number, number] | null>(null)
  const again = () => {
    // Who leaves while a drawing is added has no pad any more.
    if (canvas.current) clear(canvas.current)
    drawn.value = false
  }
  useEffect(again, [])
  const place = ({ currentTarget, clientX, clientY }: Pointed): readonly [number, number] => {
    const { left, top, width } = currentTarget.getBoundingClientRect()
    return [(clientX - left) * SIDE / width, (clientY - top) * SIDE / width]
  }
  const line = (event: Pointed) => {
    if (!last.current) return
    const to = place(event)
    const context = event.currentTarget.getContext('2d')!
    Object.assign(context, { strokeStyle: '#fff', lineWidth: STROKE, lineCap: 'round' })
    context.beginPath()
    context.moveTo(...last.current)
    context.lineTo(...to)
    context.stroke()
    last.current = to
    drawn.value = true
  }
  const add = async () => {
    if (canvas.current) onPicture(await pictureOf(canvas.current, 'drawn', name.value))
    again()
  }
  return (
    <div class="drawn">
      <canvas ref={canvas} class="drawing" width={SIDE} height={SIDE} role="img" aria-label={t.draw}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          last.current = place(event)
          line(event)
        }} onPointerMove={line} onPointerUp={() => (last.current = null)} onPointerCancel={() => (last.current = null)} />
      <div>
        <label class="field">
          <span>{t.className}</span>
          <input value={name.value} maxLength={60} onInput={({ currentTarget }) => (name.value = currentTarget.value)} />
        </label>
        <div class="buttons">
          <button type="button" disabled={!drawn.value} onClick={() => void add()}>{t.addDrawing}</button>
          <button type="button" disabled={!drawn.value} onClick={again}>{t.clear}</button>
        </div>
      </div>
    </div>
  )
}
