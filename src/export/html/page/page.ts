// The exported page: draws a grid of pictures from a seed, and changes the chosen one by directions in the space of codes and by
// a walk to another. Everything is computed here; the page loads nothing.
import { LoadedModel } from '../../wasm/loaded.ts'
import { joined, paint, save } from './canvas.ts'

/** Directions in the space of codes, the most telling first: each as long as a standard deviation. */
interface Directions {
  readonly vectors: readonly (readonly number[])[]
  /** Whether codes are standard normal, so that a walk keeps their length (`interpolate`). */
  readonly gaussian: boolean
}

const COUNT = 36
const STEPS = 9
/** Pixels that a saved picture's side has at least. */
const SAVED = 256

const $ = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E

type Tags = Pick<HTMLElementTagNameMap, 'canvas' | 'input' | 'label' | 'output' | 'span'>
function element<K extends keyof Tags>(name: K, given: Partial<Tags[K]> = {}): Tags[K] {
  const made: Tags[K] = document.createElement(name)
  Object.assign(made, given)
  return made
}

class Page {
  readonly #model: LoadedModel
  readonly #directions: Directions
  readonly #seed = $<HTMLInputElement>('seed')
  readonly #pictures: HTMLCanvasElement[] = []
  /** What each picture is called for those who do not see it. */
  readonly #names: HTMLElement[] = []
  readonly #sliders: HTMLInputElement[] = []
  readonly #to = $<HTMLSelectElement>('to')
  readonly #way = $<HTMLInputElement>('way')
  readonly #large = $<HTMLCanvasElement>('large')
  readonly #strip: HTMLCanvasElement[] = []
  #codes: Float32Array = new Float32Array()
  #chosen = 0
  #label = -1

  constructor(model: LoadedModel, directions: Directions) {
    this.#model = model
    this.#directions = directions
  }

  start(): void {
    this.#makeGrid()
    this.#makeClasses()
    this.#makeSliders()
    this.#makeWalk()
    this.#seed.value = String(this.#model.info.seed)
    $('draw').addEventListener('submit', (event) => {
      event.preventDefault()
      this.draw()
    })
    $('next').addEventListener('click', () => {
      this.#seed.value = String(Number(this.#seed.value) + 1)
      this.draw()
    })
    $('reset').addEventListener('click', () => this.#choose(this.#chosen))
    const [, width] = this.#model.info.imageShape
    const scale = Math.ceil(SAVED / width)
    $('save').addEventListener('click', () => save(joined([this.#large], 1, scale), this.#name(`picture-${this.#chosen + 1}`)))
    $('save-all').addEventListener('click', () => save(joined(this.#pictures, 6, Math.ceil(scale / 4)), this.#name('pictures')))
    this.draw()
    document.documentElement.dataset['ready'] = ''
  }

  draw(): void {
    const seed = Number(this.#seed.value)
    this.#model.label = this.#label
    this.#codes = this.#model.codes(seed, COUNT)
    this.#paint(this.#pictures, this.#codes)
    this.#choose(this.#chosen)
    this.#names.forEach((name, i) => { name.textContent = `Picture ${i + 1}${this.#of(', ', this.#labelOf(i))}` })
    this.#say(`${COUNT} pictures${this.#of(' of ', this.#label)} from seed ${seed}`)
  }

  #choose(picture: number): void {
    this.#chosen = picture
    $<HTMLInputElement>(`picture-${picture}`).checked = true
    for (const slider of [...this.#sliders, this.#way]) slider.value = '0'
    if (Number(this.#to.value) === picture) this.#to.value = String((picture + 1) % COUNT)
    this.#show()
    this.#showWalk()
  }

  /** The class that a picture was drawn with. */
  #labelOf(picture: number): number {
    return this.#label < 0 ? picture % (this.#model.info.classes ?? 1) : this.#label
  }

  /** The name of a class behind a word; nothing of all, or where there are none. */
  #of(word: string, label: number): string {
    const { classes, classNames } = this.#model.info
    return classes === undefined || label < 0 ? '' : `${word}${classNames?.[label] ?? label}`
  }

  #code(picture: number): Float32Array {
    return this.#codes.subarray(picture * this.#model.codeSize, (picture + 1) * this.#model.codeSize)
  }

  /** The code on the way from the chosen picture to the other. */
  #between(t: number): Float32Array {
    const [a, b] = [this.#code(this.#chosen), this.#code(Number(this.#to.value))]
    const s = 1 - t
    const norm = this.#directions.gaussian ? Math.sqrt(s * s + t * t) : 1
    return a.map((x, i) => (s * x + t * b[i]!) / norm)
  }

  #show(): void {
    const code = this.#between(this.#way.valueAsNumber / 100)
    this.#sliders.forEach((slider, k) => {
      const steps = slider.valueAsNumber
      this.#directions.vectors[k]!.forEach((x, i) => { code[i]! += steps * x })
      slider.nextElementSibling!.textContent = steps.toFixed(1)
    })
    $('percent').textContent = `${this.#way.value} %`
    this.#model.label = this.#labelOf(this.#chosen)
    this.#paint([this.#large], code)
  }

  #showWalk(): void {
    this.#model.label = this.#labelOf(this.#chosen)
    const codes = new Float32Array(STEPS * this.#model.codeSize)
    for (let i = 0; i < STEPS; i++) codes.set(this.#between(i / (STEPS - 1)), i * this.#model.codeSize)
    this.#paint(this.#strip, codes)
  }

  #paint(canvases: readonly HTMLCanvasElement[], codes: Float32Array): void {
    const { imageShape } = this.#model.info
    const images = this.#model.decode(codes)
    const size = images.length / canvases.length
    canvases.forEach((canvas, i) => paint(canvas, images.subarray(i * size, (i + 1) * size), imageShape))
  }

  #name(what: string): string {
    return `${this.#model.info.kind}-seed-${this.#seed.value}-${what}`
  }

  #say(text: string): void {
    $('status').textContent = text
  }

  #makeGrid(): void {
    for (let i = 0; i < COUNT; i++) {
      const label = element('label', { className: 'picture' })
      const input = element('input', { type: 'radio', name: 'picture', id: `picture-${i}` })
      input.addEventListener('change', () => this.#choose(i))
      const canvas = element('canvas')
      canvas.setAttribute('aria-hidden', 'true')
      const name = element('span', { className: 'unseen' })
      label.append(input, canvas, name)
      $('pictures').append(label)
      this.#pictures.push(canvas)
      this.#names.push(name)
      this.#to.append(new Option(`picture ${i + 1}`, String(i)))
    }
  }

  #makeClasses(): void {
    const { classes = 0 } = this.#model.info
    $('classes').hidden = !classes
    for (let label = -1; label < classes; label++) {
      const input = element('input', { type: 'radio', name: 'class', checked: label < 0 })
      input.addEventListener('change', () => {
        this.#label = label
        this.draw()
      })
      const name = element('span', { textContent: this.#of('', label) || 'All' })
      const button = element('label', { className: 'class' })
      button.append(input, name)
      if (classes) $('classes').append(button)
    }
  }

  #makeSliders(): void {
    this.#directions.vectors.forEach((_, k) => {
      const label = element('label', { className: 'slider' })
      const input = element('input', { type: 'range', min: '-3', max: '3', step: '0.1', value: '0' })
      input.addEventListener('input', () => this.#show())
      label.append(element('span', { textContent: `Direction ${k + 1}` }), input, element('output', { textContent: '0.0' }))
      $('directions').append(label)
      this.#sliders.push(input)
    })
  }

  #makeWalk(): void {
    for (let i = 0; i < STEPS; i++) {
      const canvas = element('canvas')
      $('strip').append(canvas)
      this.#strip.push(canvas)
    }
    this.#way.addEventListener('input', () => this.#show())
    this.#to.addEventListener('change', () => {
      this.#show()
      this.#showWalk()
    })
  }
}

const dataOf = (id: string): string => $(id).textContent

async function main(): Promise<void> {
  try {
    const bytes = Uint8Array.from(atob(dataOf('module')), (character) => character.charCodeAt(0))
    const { instance } = await WebAssembly.instantiate(bytes)
    new Page(new LoadedModel(instance), JSON.parse(dataOf('code-directions')) as Directions).start()
  } catch (error) {
    $('status').textContent = `The pictures cannot be drawn here: ${(error as Error).message}`
    $('status').className = 'failed'
  }
}

void main()
