// What is asked while something is done: the last of it is done next, whatever the moment.
import { expect, test } from 'vitest'
import { latest } from '../src/state/latest.ts'

const turns = async (count: number) => { for (let i = 0; i < count; i++) await null }

test('of what is asked meanwhile the last is done', async () => {
  const done: number[] = []
  const ask = latest(async (asked: number) => {
    await turns(3)
    done.push(asked)
  })
  for (const asked of [1, 2, 3]) ask(asked)
  await turns(20)
  expect(done).toEqual([1, 3])
})

test.each([...Array(12).keys()])('what is asked %i turns of the queue after the last was done is done', async (later) => {
  const done: number[] = []
  const ask = latest(async (asked: number) => {
    await null
    done.push(asked)
    if (asked === 1) void turns(later).then(() => ask(2))
  })
  ask(1)
  await turns(40)
  expect(done).toEqual([1, 2])
})

test('work that failed does not keep the next from being done', async () => {
  const done: number[] = []
  const failed: unknown[] = []
  const heard = (reason: unknown) => void failed.push(reason)
  process.on('unhandledRejection', heard)
  try {
    const ask = latest(async (asked: number) => {
      await null
      if (asked === 1) throw new Error('no')
      done.push(asked)
    })
    ask(1)
    await new Promise((passed) => { setTimeout(passed, 20) })
    ask(2)
    await turns(10)
    expect(done).toEqual([2])
    expect(failed).toHaveLength(1)
  } finally {
    process.off('unhandledRejection', heard)
  }
})
