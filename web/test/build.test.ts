// What is built: small enough to be there at once, under its policy, and nothing from elsewhere.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import sets from '../src/state/sets.json'
import { DIST } from './lib/page.ts'

const html = () => readFileSync(join(DIST, 'index.html'), 'utf8')
const KILOBYTE = 1000

/** The scripts that a script loads before it runs, itself among them. */
function loaded(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(join(DIST, 'assets', file), 'utf8')
  for (const [, name] of text.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) loaded(name!, seen)
  return seen
}

test('the first view takes at most 120 kB of JavaScript, gzipped', () => {
  const first = [...html().matchAll(/src="\.\/assets\/([^"]+\.js)"/g)].map(([, name]) => name!)
  expect(first).toHaveLength(1)
  const sizes = [...loaded(first[0]!)].map((file) => gzipSync(readFileSync(join(DIST, 'assets', file))).length)
  expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(120 * KILOBYTE)
})

test('the data that the first view loads take at most 2 MB; those of other sets, which are loaded when chosen, 6', () => {
  const sizeOf = (set: string) => ['images', 'labels'].map((what) => statSync(join(DIST, 'data', `${set}-${what}.idx.gz`)).size)
    .reduce((a, b) => a + b)
  expect(sizeOf('mnist')).toBeLessThan(2000 * KILOBYTE)
  for (const set of Object.keys(sets)) expect(sizeOf(set), set).toBeLessThan(6000 * KILOBYTE)
  const kept = JSON.parse(/const FILES = (\[.*\])/.exec(readFileSync(join(DIST, 'sw.js'), 'utf8'))![1]!) as string[]
  expect(kept.filter((file) => file.startsWith('data/'))).toEqual(['data/mnist-images.idx.gz', 'data/mnist-labels.idx.gz'])
})

test('the page has its policy, no script or style within, and names no other host', () => {
  expect(html().replace(/&#39;/g, "'")).toContain("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'")
  expect(html()).not.toMatch(/<style|<script(?![^>]*src=)| style=| on\w+=/)
  expect(html()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
})

test('the service worker knows the files and their version', () => {
  const text = readFileSync(join(DIST, 'sw.js'), 'utf8')
  expect(text).not.toContain("'FILES'")
  expect(text).not.toContain("'VERSION'")
  for (const file of JSON.parse(/const FILES = (\[.*\])/.exec(text)![1]!) as string[]) {
    if (file !== './') expect(statSync(join(DIST, file)).size).toBeGreaterThan(0)
  }
})
