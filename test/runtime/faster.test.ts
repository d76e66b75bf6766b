// Where nothing can be loaded later (a service worker), what needs it is refused, and 'auto' is one thread.
import { expect, it, vi } from 'vitest'
import { createRuntime } from '../../src/runtime/create_runtime.ts'

vi.mock('../../src/runtime/faster.ts', () => { throw new Error('import() is not allowed here') })

it('one thread of the plain core needs nothing', async () => {
  expect((await createRuntime()).threads).toBe(1)
})
it("'auto' is one thread, and says why", async () => {
  const { threads, threadsReason } = await createRuntime({ threads: 'auto' })
  expect(threads).toBe(1)
  expect(threadsReason).not.toBe('one thread was asked for')
})
it.each([
  { threads: 2 }, { wide: true }, { precision: 'relaxed' }, { threads: 'auto', precision: 'relaxed' },
] as const)('%o fails', async (options) => {
  await expect(createRuntime(options)).rejects.toThrow()
})
