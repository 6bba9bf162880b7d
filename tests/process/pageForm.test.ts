import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Api, Source } from '../../contract/api.ts'
import type { CommandResult } from '../../contract/commandError.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import { answerPort } from '../../electron/guardedPort.ts'
import { plans } from '../../master/engine/plans.ts'
import { prepareHome } from '../../master/host/home.ts'
import type { ApiClient, Caller, Host, WantedJob } from '../../master/host/host.ts'
import { takeLock } from '../../master/host/lock.ts'
import { openHost } from '../../master/host/openHost.ts'
import { forkWorker } from '../../terminal/forkWorker.ts'
import { openDashboard } from '../../terminal/http/server.ts'

/**
 * Every answer that a page can get, from a real host with real workers, over both ways in which pages come: none names the folder in which
 * a chosen file lies, and the page can still do everything by what it was shown. The home lies in that folder too.
 */
const out = resolve(import.meta.dirname, '../../out')
let folder: string
let host: Host
const endings: (() => unknown)[] = []

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gristmill-page-form-')))
  for (const name of ['one', 'two']) mkdirSync(join(folder, name))
  const home = join(folder, 'home')
  const prepared = await prepareHome(home)
  if (!prepared.ok) throw new Error(prepared.error.message)
  const lock = takeLock(prepared.value.lock)
  if (lock === null) throw new Error('the lock is held')
  host = await openHost(
    {
      home: prepared.value.home,
      mode: 'desktop',
      roots: [],
      workers: 2,
      startWorker: (slot) => forkWorker({ entry: join(out, 'main/worker.js'), slot, env: process.env }),
      storeWriter: join(out, 'main/storeWriter.js'),
      storeReader: join(out, 'main/storeReader.js'),
      plans,
      version: '1',
    },
    lock,
  )
})
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
  await host.close('the test is over')
  rmSync(folder, { recursive: true })
})

/** As a desktop window comes. */
async function overPort(confirm?: Caller['confirm']): Promise<ApiClient> {
  const { port1, port2 } = new MessageChannel()
  const main = {
    postMessage: (data: unknown) => port1.postMessage(data),
    start: () => port1.start(),
    close: () => port1.close(),
    on: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      port1.on(event, (data: unknown) => listener({ data })),
  }
  answerPort(main, host.router, { log: () => undefined, ...(confirm === undefined ? {} : { confirm }) })
  port2.start()
  endings.push(() => port2.close())
  return createORPCClient(new PortLink({ port: port2 }))
}

type LinkSocket = ConstructorParameters<typeof SocketLink>[0]['websocket']

/** As a browser comes. */
async function overSocket(): Promise<ApiClient> {
  const dashboard = await openDashboard({ port: 0, renderer: join(out, 'renderer'), host, log: () => undefined })
  const { origin, hash } = new URL(dashboard.invite())
  const headers = { 'content-type': 'application/json', origin }
  const body = JSON.stringify({ token: hash.slice(1) })
  const session = await fetch(`${origin}/api/session`, { method: 'POST', headers, body })
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/rpc`, { headers: { origin, cookie } })
  await once(socket, 'open')
  endings.push(async () => {
    socket.terminate()
    await dashboard.close()
  })
  return createORPCClient(new SocketLink({ websocket: socket as LinkSocket }))
}

/** A client that keeps every answer, by the verb's name. */
interface Noting {
  api: ApiClient
  answers: { verb: string; answer: unknown }[]
}

function noting(client: ApiClient): Noting {
  const answers: Noting['answers'] = []
  const wrap = (value: object, way: string[]): object =>
    new Proxy(value, {
      get: (target, name) => wrap(Reflect.get(target, name) as object, [...way, String(name)]),
      async apply(target, self, args) {
        const answer: unknown = await Reflect.apply(target as () => unknown, self, args)
        if (way.at(-1) !== 'watch') answers.push({ verb: way.join('.'), answer })
        return answer
      },
    })
  return { api: wrap(client, []) as ApiClient, answers }
}

function valueOf<T>(result: CommandResult<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Follows the live feed until the job is over, and keeps what it tells. */
async function untilOver({ api, answers }: Noting, id: string): Promise<void> {
  for await (const delta of await api.host.watch({})) {
    answers.push({ verb: 'host.watch', answer: delta })
    if (delta.jobs.some(({ job }) => job.id === id && finalJobStates.has(job.state))) return
    if (delta.whole && !delta.jobs.some(({ job }) => job.id === id)) return
  }
}

function fileNamed(name: string, text: string): { path: string; source: Source } {
  const path = join(folder, name)
  writeFileSync(path, text)
  return { path, source: { type: 'upload', token: host.chosen.add(path) } }
}

async function submit({ api }: Noting, kind: string, more: Partial<Parameters<ApiClient['jobs']['submit']>[0]>) {
  return valueOf(await api.jobs.submit({ kind, params: {}, sources: [], ...more })).job.job
}

/** Two inputs of one name, with records set aside that are then put right by the names that the page was shown. */
async function mend(page: Noting): Promise<void> {
  const inputs = [fileNamed('one/n.txt', '1\nbad\n'), fileNamed('two/n.txt', '2\nworse\n')]
  const sources = inputs.map(({ source }) => source)
  const inspected = valueOf(await page.api.datasets.inspect({ sources }))
  expect(inspected.map(({ input }) => input.path)).toEqual(['n.txt', 'n.txt (2)'])
  const job = await submit(page, 'numbers', { sources })
  await untilOver(page, job.id)
  const { rejects } = valueOf(await page.api.jobs.rejects({ job: job.id }))
  expect(rejects.map(({ source, raw }) => [source, raw])).toEqual([
    ['n.txt', 'bad'],
    ['n.txt (2)', 'worse'],
  ])
  const mended = rejects.map(({ source, offset }) => ({ source, offset, raw: '10' }))
  const again = valueOf(await page.api.jobs.rerun({ job: job.id, mended })).job.job
  await untilOver(page, again.id)
  const { document } = valueOf(await page.api.jobs.get({ job: again.id }))
  const artifact = { type: 'artifact', job: again.id, name: 'numbers.txt' } as const
  valueOf(await page.api.datasets.inspect({ sources: [artifact] }))
  rmSync(join(folder, 'home/out', again.id), { recursive: true })
  expect((await page.api.datasets.inspect({ sources: [artifact] })).ok).toBe(false)
  expect([document.job.state, document.result]).toMatchObject(['succeeded', { count: 4, sum: 23 }])
  expect(document.artifacts.map(({ path }) => path)).toEqual(['numbers.txt'])
  valueOf(await page.api.jobs.change({ job: again.id, note: 'mended' }))
  valueOf(await page.api.jobs.remove({ job: again.id }))
}

/** Inputs that change or go while a job needs them: what is said then is said of a real path. */
async function lose(page: Noting): Promise<void> {
  const big = fileNamed('big.txt', '1\n'.repeat(12_000_000))
  const job = await submit(page, 'numbers', { sources: [big.source], workers: 1 })
  valueOf(await page.api.jobs.pause({ job: job.id }))
  appendFileSync(big.path, '2\n')
  valueOf(await page.api.jobs.resume({ job: job.id }))
  await untilOver(page, job.id)
  const { document } = valueOf(await page.api.jobs.get({ job: job.id }))
  expect(document.error?.message).toContain('big.txt')
  rmSync(big.path)
  const refused = [
    await page.api.datasets.inspect({ sources: [big.source] }),
    await page.api.jobs.submit({ kind: 'numbers', params: {}, sources: [big.source] }),
    await page.api.jobs.check({ kind: 'numbers', params: {}, sources: [big.source] }),
    await page.api.jobs.rerun({ job: job.id }),
  ]
  for (const answer of refused) expect(JSON.stringify(answer)).toContain('big.txt')
  const byPath = { kind: 'numbers', params: {}, sources: [{ type: 'path', path: big.path } as const] }
  expect(await page.api.jobs.check(byPath)).toMatchObject({ ok: false, error: { code: 'not-allowed' } })
}

/** What may do whatever the person may is not started, started again, or laid out for the person by a page. */
async function startPrograms({ api }: Noting): Promise<void> {
  const { path, source } = fileNamed('items.txt', 'one\n')
  const params = { command: ['true'], per: 'line' }
  const own = host.client({ trust: 'person' })
  const submitted = { kind: 'command', params, sources: [{ type: 'path' as const, path }] }
  const ran = valueOf(await own.jobs.submit(submitted)).job.job
  const refused = [
    await api.jobs.submit({ kind: 'command', params, sources: [source] }),
    await api.jobs.rerun({ job: ran.id }),
    await api.recipes.save({ name: 'mine', kind: 'command', params, replace: false }),
  ]
  for (const answer of refused)
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'not-allowed', message: expect.stringMatching(/^cannot run command from a page/) },
    })
}

async function steer(page: Noting): Promise<void> {
  const { source } = fileNamed('words.txt', 'one two two\n'.repeat(10))
  const tried = valueOf(await page.api.jobs.check({ kind: 'convert', params: { to: 'csv' }, sources: [source] }))
  expect(tried.sample?.rows[0]).toEqual(['one two two'])
  const job = await submit(page, 'word-count', { sources: [source] })
  await untilOver(page, job.id)
  valueOf(await page.api.jobs.tasks({ job: job.id }))
  const upload = await host.uploads.receive('sent.txt', Readable.from([Buffer.from('three\n')]))
  if (!upload.ok) throw new Error(upload.message)
  const sent = await submit(page, 'word-count', { sources: [{ type: 'upload', token: upload.token }] })
  await untilOver(page, sent.id)
  const slow = await submit(page, 'no-op', { params: { tasks: 1000, ms: 50 } })
  valueOf(await page.api.jobs.cancel({ job: slow.id }))
  await page.api.jobs.undoCancel({ job: slow.id })
  await page.api.jobs.cancel({ job: slow.id })
  await untilOver(page, slow.id)
  await page.api.jobs.retry({ job: slow.id })
  await page.api.jobs.cancel({ job: slow.id })
}

/** Items one by one: the list lies in the home, and is named like any other input. */
async function give(page: Noting): Promise<void> {
  const job = await submit(page, 'numbers', { sources: [{ type: 'open', leased: false, name: 'items' }] })
  const given = { job: job.id, items: ['20', 'none'], end: true }
  valueOf(await page.api.jobs.give(given))
  await untilOver(page, job.id)
  const { answers } = valueOf(await page.api.jobs.answers({ job: job.id, from: 0 }))
  expect(answers).toEqual([
    { item: 1, text: '20', value: 20 },
    { item: 2, text: 'none', error: 'not a number' },
  ])
  expect((await page.api.jobs.give(given)).ok).toBe(false)
  const { document } = valueOf(await page.api.jobs.get({ job: job.id }))
  expect([document.result, document.job.inputs]).toMatchObject([{ sum: 20 }, [{ path: 'items', bytes: 8 }]])
}

async function lookAround({ api }: Noting): Promise<void> {
  await api.host.info()
  await api.host.storage()
  await api.host.keep({ keepDays: null, keepBytes: null })
  await api.host.invite()
  await api.host.handOver({ reason: 'asked by a page' })
  await api.kinds.list()
  await api.recipes.save({ name: 'mine', kind: 'no-op', params: {}, replace: false })
  await api.recipes.list()
  await api.recipes.remove({ name: 'mine' })
  await api.recipes.remove({ name: 'mine' })
  await api.datasets.list({})
  await api.datasets.list({ folder: '/' })
  await api.jobs.list({})
}

/** All strings of a document, its keys too. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [key, ...stringsOf(each)])
}

type Verb = { [Part in keyof Api]: `${Part}.${keyof Api[Part] & string}` }[keyof Api]
const verbs: Record<Verb, true> = {
  'host.info': true,
  'host.watch': true,
  'host.storage': true,
  'host.keep': true,
  'host.invite': true,
  'host.handOver': true,
  'kinds.list': true,
  'recipes.list': true,
  'recipes.save': true,
  'recipes.remove': true,
  'datasets.inspect': true,
  'datasets.list': true,
  'jobs.submit': true,
  'jobs.list': true,
  'jobs.get': true,
  'jobs.tasks': true,
  'jobs.rejects': true,
  'jobs.cancel': true,
  'jobs.undoCancel': true,
  'jobs.pause': true,
  'jobs.resume': true,
  'jobs.retry': true,
  'jobs.rerun': true,
  'jobs.remove': true,
  'jobs.change': true,
  'jobs.give': true,
  'jobs.answers': true,
  'jobs.check': true,
}

describe.each([
  ['a port', () => overPort()],
  ['a WebSocket', overSocket],
])('a page over %s', (_, connect) => {
  it('works with names alone: no answer of any verb names the folder of a chosen file', async () => {
    const page = noting(await connect())
    await mend(page)
    await lose(page)
    await steer(page)
    await give(page)
    await lookAround(page)
    const asked = new Set(page.answers.map(({ verb }) => verb))
    expect([...asked].toSorted()).toEqual(Object.keys(verbs).toSorted())
    for (const { verb, answer } of page.answers)
      for (const text of stringsOf(answer)) expect(text, `an answer to ${verb}`).not.toContain(folder)
    const person = host.client({ trust: 'person' })
    const { jobs } = await person.jobs.list({ kind: 'word-count' })
    const details = await Promise.all(jobs.map(async ({ job }) => valueOf(await person.jobs.get({ job: job.id }))))
    expect(details.map(({ document }) => document.job.inputs[0]?.path)).toEqual([
      expect.stringContaining(join(folder, 'home/spool')),
      join(folder, 'words.txt'),
    ])
    for (const { job } of jobs) expect(job.outDir).toContain(folder)
  })

  it('starts no program', async () => {
    await startPrograms(noting(await connect()))
  })
})

describe('a page of the desktop app', () => {
  it('starts a program once the person has seen what it is and has said yes', async () => {
    const { source } = fileNamed('items.txt', 'one\n')
    const asked: WantedJob[] = []
    const answers = [false, true, true]
    const page = noting(
      await overPort(async (wanted) => {
        asked.push(wanted)
        return answers.shift() ?? false
      }),
    )
    const command = ['echo', 'over \u202e and \n done']
    const submitted = { kind: 'command', params: { command, per: 'line' }, sources: [source] }
    const declined = { ok: false, error: { code: 'not-allowed', message: 'cannot run command: you did not allow it' } }
    expect(await page.api.jobs.submit(submitted)).toMatchObject(declined)
    const job = valueOf(await page.api.jobs.submit(submitted)).job.job
    await untilOver(page, job.id)
    const again = valueOf(await page.api.jobs.rerun({ job: job.id })).job.job
    await untilOver(page, again.id)
    expect(valueOf(await page.api.jobs.get({ job: again.id })).document.result).toMatchObject({ done: 1, reused: 1 })
    expect(await page.api.jobs.rerun({ job: job.id })).toMatchObject(declined)
    expect(asked).toHaveLength(4)
    expect(asked[0]?.title).toBe('Run a program')
    expect(asked[0]?.params).toContain(String.raw`over \u{202e} and \n done`)
  })

  it('is not asked about what no box could show whole', async () => {
    const { source } = fileNamed('items.txt', 'one\n')
    const page = noting(await overPort(() => Promise.reject(new Error('nobody is asked'))))
    const params = { command: ['echo', 'x'.repeat(4000)], per: 'line' }
    expect(await page.api.jobs.submit({ kind: 'command', params, sources: [source] })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/^cannot run command from a page/) },
    })
  })
})
