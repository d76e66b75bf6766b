// Pictures that are dropped anywhere on the page. Without this a browser leaves the page for them, and the run is lost.
import { signal } from '@preact/signals'
import { dropped } from '../state/given.ts'
import { fault, give } from '../state/own.ts'
import { show } from '../state/settings.ts'
import { text } from '../text/index.ts'

/** Whether files are held over the page. */
export const over = signal(false)

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false

async function take(data: DataTransfer): Promise<void> {
  try {
    const files = await dropped(data)
    if (files.length) give(files)
    else fault.value = text.peek().nothingDropped
  } catch (error) {
    fault.value = (error as Error).message
  }
}

/** Takes what is dropped from now on, and shows what is made of it. */
export function takeDrops(): void {
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    over.value = true
  })
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!relatedTarget) over.value = false
  })
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    over.value = false
    void take(event.dataTransfer!)
    show('data')
  })
}
