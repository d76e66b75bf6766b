// Pictures of the camera, each as a file of its own in the folder of a class. Nothing is sent anywhere, and the camera is off
// unless somebody has turned it on here.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type GivenFile, pictureOf } from '../state/given.ts'
import { text } from '../text/index.ts'

/** Pixels of a picture's edge: larger than what a model sees. */
const SIDE = 256

/** The middle of what the camera sees, as a square. */
function square(video: HTMLVideoElement): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE })
  const { videoWidth: width, videoHeight: height } = video
  const side = Math.min(width, height)
  canvas.getContext('2d')!.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  return canvas
}

export function Camera({ onPicture }: { readonly onPicture: (file: GivenFile) => void }) {
  const t = text.value
  const video = useRef<HTMLVideoElement>(null)
  const stream = useSignal<MediaStream | null>(null)
  const name = useSignal('')
  const why = useSignal('')
  const here = useRef(true)
  const end = () => {
    for (const track of stream.peek()?.getTracks() ?? []) track.stop()
    stream.value = null
  }
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
      end()
    }
  }, [])
  const begin = async () => {
    why.value = ''
    try {
      // Pages that are not from a secure address have none.
      if (!navigator.mediaDevices) throw new Error(t.cameraInsecure)
      stream.value = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 640 } })
      // Who left while the browser asked has no use for it.
      if (!here.current) end()
    } catch (error) {
      why.value = t.cameraRefused((error as Error).message)
    }
  }
  const take = async () => {
    if (video.current) onPicture(await pictureOf(square(video.current), 'photo', name.value))
  }
  useEffect(() => {
    if (video.current) video.current.srcObject = stream.value
  }, [stream.value])
  return (
    <div class="drawn">
      {stream.value
        ? <video ref={video} class="drawing" autoPlay playsInline muted aria-label={t.cameraSees} data-camera />
        : <button type="button" data-camera-on onClick={() => void begin()}>{t.cameraOn}</button>}
      <div>
        {why.value && <p class="alert" role="alert">{why.value}</p>}
        {stream.value && (
          <>
            <label class="field">
              <span>{t.className}</span>
              <input value={name.value} maxLength={60} onInput={({ currentTarget }) => (name.value = currentTarget.value)} />
            </label>
            <div class="buttons">
              <button type="button" class="primary" data-photo onClick={() => void take()}>{t.takePhoto}</button>
              <button type="button" onClick={end}>{t.cameraOff}</button>
            </div>
          </>
        )}
      </div>
    </div>
  )
}
