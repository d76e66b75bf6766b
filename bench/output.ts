// How commands show what they find: tables in markdown on stdout, what is going on just now on a terminal's stderr.
type Cells = readonly (string | number)[]

export const row = (cells: Cells): string => `| ${cells.join(' | ')} |`
/** A table's first two lines: for rows that are printed as they are found. */
export const heading = (head: readonly string[]): string => `${row(head)}\n${row(head.map(() => '---'))}`
export const table = (head: readonly string[], rows: readonly Cells[]): string => [heading(head), ...rows.map(row)].join('\n')

export const percent = (fraction: number, digits = 0): string => `${(100 * fraction).toFixed(digits)} %`
export const megabytes = (bytes: number, digits = 1): string => (bytes / 1048576).toFixed(digits)

/** One line that the next replaces; '' clears it. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
