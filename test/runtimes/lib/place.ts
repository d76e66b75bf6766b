// A runtime as tests see it: something that is asked a question (programs/ask.js) and answers.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerIn, type Browser } from './browsers.ts'
import { project, run } from './project.ts'
import { serve, type Site } from './server.ts'

export interface Question {
  readonly what?: 'report' | 'verify' | 'bench' | 'speed' | 'standalone' | 'begin' | 'resume' | 'pictures' | 'streamed'
  /** In a browser: under which headers, and in which thread. */
  readonly site?: Site
  readonly in?: 'page' | 'worker'
  readonly most?: number
  readonly seconds?: number
  readonly threads?: number
  readonly wide?: boolean
  readonly relaxed?: boolean
  readonly recipes?: readonly string[]
  readonly state?: unknown
  /** A file to train from. */
  readonly path?: string
  /** Pictures to prepare: paths, and bytes in base64; with which options, and how many workers. */
  readonly files?: readonly (readonly [path: string, base64: string])[]
  readonly options?: object
  readonly workers?: number
}

/** A runtime that is there, ready to be asked. */
export interface Place {
  readonly version: string
  ask<T>(question: Question): Promise<T>
  close(): Promise<void>
}

export interface Runtime {
  /** Why it cannot run here; null where it can. */
  readonly missing: string | null
  start(): Promise<Place>
}

/** Puts a question where a project's programs find it. */
export const pose = (folder: string, question: Question): void =>
  writeFileSync(join(folder, 'question.json'), JSON.stringify(question))

/** A program that runs `file` of a project: a process for each question. */
export async function inProcess(binary: string, args: readonly string[], version: string, file = 'esm.mjs'): Promise<Place> {
  const folder = project()
  return {
    version,
    async ask<T>(question: Question): Promise<T> {
      pose(folder, question)
      return JSON.parse(await run(binary, [...args, file], { cwd: folder })) as T
    },
    async close() {},
  }
}

/** A browser with a site: a page for each question. */
export async function inPages(browser: Browser): Promise<Place> {
  const folder = project()
  const server = await serve(folder)
  return {
    version: browser.version,
    async ask<T>(question: Question): Promise<T> {
      pose(folder, question)
      return answerIn<T>(browser, server, server.url(question.site ?? 'isolated', 'page.html'))
    },
    async close() {
      await browser.close()
      server.close()
    },
  }
}
