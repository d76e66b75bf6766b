// The codes of a run's images, and images of codes, asked of the server. Numbers come as base64 of little-endian float32.
import { signal } from '@preact/signals'
import { latest } from '../state/latest.ts'
import { type Encoded, mapped } from '../state/mapped.ts'

interface Told {
  readonly size: number
  readonly codes: string
  readonly labels?: readonly number[]
  readonly classNames?: readonly string[]
  readonly shape?: readonly number[]
}

/** How often what a map took is waited before the next: a run that trains beside it has the processor for most of the time. */
const RARELY = 9
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

const floatsOf = (base64: string): Float32Array =>
  new Float32Array(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer)
const addressOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer, byteOffset, byteLength)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** @throws Error with what the server says */
async function ask(address: string): Promise<unknown> {
  const response = await fetch(address)
  if (!response.ok) throw new Error((await response.text()).trim())
  return response.json()
}

/** One run's map. */
export class RunMap {
  readonly encoded = signal<Encoded | null>(null)
  /** Of decoded images; null where codes cannot be decoded. */
  readonly shape = signal<readonly number[] | null>(null)
  readonly image = signal<Float32Array | null>(null)
  readonly fault = signal('')
  /** Asks for the codes as the run is saved now. */
  readonly refresh: () => void
  readonly decode: (code: Float32Array) => void

  constructor(run: number) {
    const refresh = latest(() => this.#saying(async () => {
      const began = performance.now()
      const { size, codes, labels, classNames = [], shape } = await ask(`./map/${run}`) as Told
      const most = labels?.reduce((a, b) => Math.max(a, b), -1) ?? -1
      const names = Array.from({ length: Math.max(classNames.length, most + 1) }, (_, i) => classNames[i] ?? String(i))
      this.encoded.value = mapped({ codes: floatsOf(codes), labels, classNames: names }, size, this.encoded.peek())
      this.shape.value = shape ?? null
      await wait(RARELY * (performance.now() - began))
    }))
    this.refresh = () => refresh(true)
    this.decode = latest((code: Float32Array) => this.#saying(async () => {
      this.image.value = floatsOf(await ask(`./decoded/${run}/${addressOf(code)}`) as string)
    }))
  }

  async #saying(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.fault.value = ''
    } catch (error) {
      this.fault.value = (error as Error).message
    }
  }
}
