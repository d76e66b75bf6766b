// What axe finds on a page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'puppeteer-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Each rule with the elements that break it. */
export async function findings(page: Page): Promise<unknown> {
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    interface Found { violations: { id: string, nodes: { html: string }[] }[] }
    const { axe } = globalThis as unknown as { axe: { run(): Promise<Found> } }
    return (await axe.run()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
  })
}
