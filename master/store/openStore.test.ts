import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Bug } from '../../contract/invariant.ts'
import { openReader } from './openReader.ts'
import { openStore } from './openStore.ts'
import type { Store } from './store.ts'
import { finished, madeTasks, outcome, runningJob, someJob, started } from './testLedger.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const writerThread = here('writerThread.ts')
const readerThread = here('readerThread.ts')

// Threads start from source, which a busy machine does slowly.
vi.setConfig({ testTimeout: 30_000 })

let folder: string
let file: string
let backups: string
const open: Store[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
  file = join(folder, 'ledger.db')
  backups = join(folder, 'backups')
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()))
  rmSync(folder, { recursive: true })
})

afterAll(() => {
  expect(process.report.getReport()).toMatchObject({ workers: [] })
})

async function opened(entries: { writerThread?: string; readerThread?: string } = {}): Promise<Store> {
  const store = await openStore({ file, backups, writerThread, readerThread, ...entries })
  open.push(store)
  return store
}

/** An entry file of its own that runs some lines before it becomes the real thread, unless they end it. */
function entryBefore(real: string, lines: string): string {
  const entry = join(folder, 'entry.mjs')
  writeFileSync(
    entry,
    `import { existsSync, appendFileSync } from 'node:fs'
     import { parentPort, workerData } from 'node:worker_threads'
     const real = ${JSON.stringify(pathToFileURL(real).href)}
     ${lines}`,
  )
  return entry
}

test('what was committed is read at once, and again after closing and opening', async () => {
  const store = await opened()
  const accepted = await store.commit([...runningJob(1, 3), started(1, [0, 1, 2]), finished(1, [outcome(1)])])
  expect(accepted).toEqual([[true], [true], [true], [true], [true], [true]])
  const before = await store.read.detail(1)
  expect(before.document.job.tasks).toMatchObject({ total: 3, succeeded: 1, unfinished: 2 })
  await store.close()
  const again = await opened()
  expect(await again.read.detail(1)).toEqual(before)
  expect(await again.read.unfinished()).toEqual([1])
})

test('commits asked for together each get their own answer, and one that can never be takes no other with it', async () => {
  const store = await opened()
  await store.commit(runningJob(1, 4))
  const answers = await Promise.allSettled([
    store.commit([started(1, [0])]),
    store.commit([started(1, [1]), madeTasks(1, 1)]),
    store.commit([started(1, [2]), started(1, [2])]),
    store.commit([]),
  ])
  expect(answers).toMatchObject([
    { status: 'fulfilled', value: [[true]] },
    { status: 'rejected', reason: expect.any(Bug) },
    { status: 'fulfilled', value: [[true], [false]] },
    { status: 'fulfilled', value: [] },
  ])
  const { tasks } = await store.read.ledger(1)
  expect(tasks.map(({ state }) => state)).toEqual(['running', 'pending', 'running', 'pending'])
})

test('closing writes what was asked for before, and refuses what comes after', async () => {
  const store = await opened()
  const made = store.commit(runningJob(1, 1))
  const start = store.commit([started(1, [0])])
  const closing = Promise.all([store.close(), store.close()])
  await expect(store.commit([])).rejects.toMatchObject({ name: 'StoreError', code: 'readOnly' })
  await expect(store.read.lastNumber()).rejects.toMatchObject({ name: 'StoreError', code: 'readOnly' })
  expect(await Promise.all([made, start])).toHaveLength(2)
  await closing
  const reader = openReader(file)
  const { tasks } = await reader.ledger(1)
  expect(tasks[0]?.state).toBe('running')
  reader.close()
})

test('a reading thread that dies is replaced, and its questions are answered by the next', async () => {
  const store = await opened({
    readerThread: entryBefore(
      readerThread,
      `parentPort.on('message', ({ question }) => {
         if (question?.name === 'last' && !existsSync(workerData.file + '.died')) {
           appendFileSync(workerData.file + '.died', 'x')
           process.exit(1)
         }
       })
       await import(real)`,
    ),
  })
  await store.commit([{ type: 'jobMade', job: someJob(1) }])
  const answers = await Promise.all([store.read.find('last'), store.read.find('joba'), store.read.lastNumber()])
  expect(answers).toMatchObject([{ ok: true }, { ok: true }, 1])
  expect(readFileSync(`${file}.died`, 'utf8')).toBe('x')
  expect(await store.read.unfinished()).toEqual([1])
})

test('a question that ends every reading thread is given up, the next one is answered', async () => {
  const store = await opened({
    readerThread: entryBefore(
      readerThread,
      `parentPort.on('message', ({ question }) => {
         if (question?.name === 'deadly') {
           appendFileSync(workerData.file + '.died', 'x')
           process.exit(1)
         }
       })
       await import(real)`,
    ),
  })
  await store.commit([{ type: 'jobMade', job: someJob(1) }])
  const both = await Promise.allSettled([store.read.find('deadly'), store.read.find('last')])
  expect(both).toMatchObject([
    { status: 'rejected', reason: { name: 'StoreError', code: 'busy' } },
    { status: 'fulfilled', value: { ok: true, value: { number: 1 } } },
  ])
  expect(readFileSync(`${file}.died`, 'utf8')).toBe('xxx')
})

test('a writing thread that dies rejects what waits for it, and everything after', async () => {
  const store = await opened({
    writerThread: entryBefore(
      writerThread,
      `parentPort.on('message', ({ commits }) => {
         if (commits?.[0]?.[0]?.job?.name === 'deadly') process.exit(1)
       })
       await import(real)`,
    ),
  })
  await store.commit([{ type: 'jobMade', job: someJob(1) }])
  const deadly = await Promise.allSettled([
    store.commit([{ type: 'jobMade', job: someJob(2, { name: 'deadly' }) }]),
    store.commit([{ type: 'jobMade', job: someJob(3) }]),
  ])
  const lost = { status: 'rejected', reason: { name: 'StoreError', code: 'readOnly' } }
  expect(deadly).toMatchObject([lost, lost])
  await expect(store.commit([])).rejects.toMatchObject({ code: 'readOnly' })
  expect(await store.read.lastNumber()).toBe(1)
})

test('a thread entry that is not there is an error at once', async () => {
  await expect(openStore({ file, backups, writerThread: join(folder, 'none.js'), readerThread })).rejects.toMatchObject(
    {
      name: 'StoreError',
    },
  )
  await expect(openStore({ file, backups, writerThread, readerThread: join(folder, 'none.js') })).rejects.toMatchObject(
    {
      name: 'StoreError',
    },
  )
})

test('what a killed process had committed is there when the ledger is opened again', async () => {
  const child = join(folder, 'child.ts')
  writeFileSync(
    child,
    `import { openStore } from ${JSON.stringify(here('openStore.ts'))}
     import { runningJob, started, finished, outcome } from ${JSON.stringify(here('testLedger.ts'))}
     const store = await openStore(${JSON.stringify({ file, backups, writerThread, readerThread })})
     await store.commit([...runningJob(1, 100), started(1, [0, 1, 2])])
     await store.commit([finished(1, [outcome(0), outcome(1)])])
     void store.commit([finished(1, [outcome(2)])])
     process.kill(process.pid, 'SIGKILL')`,
  )
  const killed = spawn(process.execPath, [child], { stdio: ['ignore', 'ignore', 'inherit'] })
  expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL'])
  const reader = openReader(file)
  const seen = await reader.detail(1)
  expect(seen.document.job.tasks.succeeded).toBeGreaterThanOrEqual(2)
  reader.close()
  const store = await opened()
  const { tasks } = await store.read.ledger(1)
  expect(tasks.slice(0, 2)).toMatchObject([
    { state: 'succeeded', attempt: 1 },
    { state: 'succeeded', attempt: 1 },
  ])
  expect(tasks).toHaveLength(100)
  expect(await store.commit([finished(1, [outcome(0)])])).toEqual([[false]])
})

test('a hundred thousand tasks that do nothing leave a small ledger and a bounded log', async () => {
  const store = await opened()
  await store.commit(runningJob(1, 0))
  const count = 100_000
  const batch = 1000
  let largestWal = 0
  const lanes = [0, 1, 2, 3].map(async (lane) => {
    for (let first = lane * batch; first < count; first += 4 * batch) {
      const seqs = Array.from({ length: batch }, (_, index) => first + index)
      await store.commit([madeTasks(1, batch, first)])
      await store.commit([started(1, seqs)])
      const [accepted] = await store.commit([
        finished(
          1,
          seqs.map((seq) => outcome(seq, { answer: {} })),
        ),
      ])
      expect(accepted).not.toContain(false)
      largestWal = Math.max(largestWal, statSync(`${file}-wal`).size)
    }
  })
  await Promise.all(lanes)
  const { document } = await store.read.detail(1)
  expect(document.job).toMatchObject({ tasks: { total: count, succeeded: count, unfinished: 0 }, attempts: count })
  await store.close()
  expect(largestWal).toBeLessThan(96 * 1024 * 1024)
  expect(statSync(file).size / count).toBeLessThan(120)
})
