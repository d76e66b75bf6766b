export const DIST_STAMP: string
export function hashOf(folder: string, ...others: string[]): string
export function distSources(): string
