import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { Inspector } from './inspector.ts'
import { makeSharedMemory } from './shared.ts'
import { fromSource } from './testing/forkedWorker.ts'
import type { FromInspector, ThreadData } from './threadMessages.ts'

const data: ThreadData = { role: 'inspect', memory: makeSharedMemory() }

test('the thread is there while it is needed, and a new one comes when it is needed again', async () => {
  const threads: { thread: Worker; gone: Promise<unknown> }[] = []
  const answers: FromInspector[] = []
  let answered: () => void = () => undefined
  const inspector = new Inspector({
    start: () => {
      const thread = new Worker(join(import.meta.dirname, 'testing/compute.ts'), {
        workerData: data,
        execArgv: fromSource,
      })
      threads.push({ thread, gone: once(thread.stdout, 'close') })
      thread.on('exit', () => answers.splice(0))
      return thread
    },
    post: (answer) => {
      answers.push(answer)
      answered()
    },
    idleMs: 0,
  })
  const ask = (request: number) =>
    new Promise<void>((resolve) => {
      answered = resolve
      inspector.ask({ type: 'inspect', request, path: '/dev/null' })
      expect(inspector.isBusy).toBe(true)
    })
  await ask(1)
  expect(inspector.isBusy).toBe(false)
  await threads[0]?.gone
  await ask(2)
  await threads[1]?.gone
  expect(threads).toHaveLength(2)
  expect(answers.map(({ request, reply }) => [request, 'ok' in reply && reply.ok])).toEqual([
    [1, false],
    [2, false],
  ])
})
