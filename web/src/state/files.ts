// Files that the page makes, for its user to keep.
export function download(name: string, contents: BlobPart, type = 'application/octet-stream'): void {
  const address = URL.createObjectURL(new Blob([contents], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  // Not at once: the download begins when this is done.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

export const json = (name: string, value: unknown): void => (
  download(name, `${JSON.stringify(value, null, 2)}\n`, 'application/json'))
