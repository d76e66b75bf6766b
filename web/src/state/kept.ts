// Choices that this browser keeps, where it keeps anything.
export function kept<T extends string>(name: string, among: readonly T[]): T | undefined {
  try {
    const value = localStorage.getItem(name)
    return among.find((each) => each === value)
  } catch {
    return undefined
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch { /* it is chosen until the page is closed */ }
}
