// Files that the page is given: chosen, dropped, drawn or photographed, each with the path that says its class.
export interface GivenFile {
  /** With its folders: `cats/1.png` is of the class `cats`. */
  readonly path: string
  readonly file: File
}

export const chosen = (files: Iterable<File>): GivenFile[] => (
  inside([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }))))

/** Without the folder that folders were given in: that is no class. One that holds nothing but pictures is. */
function inside(files: GivenFile[]): GivenFile[] {
  const parts = files.map(({ path }) => path.split('/'))
  const one = parts.every(([first, ...rest]) => first === parts[0]![0] && rest.length) && parts.some(({ length }) => length > 2)
  return one ? files.map(({ file }, i) => ({ path: parts[i]!.slice(1).join('/'), file })) : files
}

/** What was dropped is there only until the handler returns: entries are taken at once. */
export async function dropped({ items, files }: DataTransfer): Promise<GivenFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null)
  if (!entries.length) return chosen(Array.from(files))
  return inside((await Promise.all(entries.map(filesIn))).flat())
}

async function filesIn(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail))
    return [{ path: entry.fullPath.replace(/^\//, ''), file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: GivenFile[] = []
  for (;;) {
    // A part at a time; none at the end.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail))
    if (!some.length) return found
    for (const inner of some) found.push(...await filesIn(inner))
  }
}

/** What a canvas shows, as a file of its own in the folder of a class, where one is named. */
export async function pictureOf(canvas: HTMLCanvasElement, kind: string, className: string): Promise<GivenFile> {
  const blob = await new Promise<Blob>((done) => canvas.toBlob((made) => done(made!), 'image/png'))
  const name = `${kind}-${crypto.getRandomValues(new Uint32Array(1))[0]}.png`
  const folder = className.trim().replace(/[/\\]+/g, ' ')
  return { path: folder ? `${folder}/${name}` : name, file: new File([blob], name) }
}
