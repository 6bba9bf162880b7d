import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, expect, type Page } from '@playwright/test'

/**
 * The real host, one home folder per test: started from what was built, ended by its pid, and looked after so that no process and no
 * folder outlives the test.
 */
const out = resolve(process.env['GRISTMILL_OUT'] ?? join(import.meta.dirname, '../../out'))
const endsWithinMs = 15_000

export interface Mill {
  /** The address that the running host printed. */
  readonly address: string
  /** Of the running host. */
  readonly pid: number
  /** Of this test alone; gone with it. */
  readonly folder: string
  start(...options: string[]): Promise<string>
  /** Asks the host to end, waits until it has, and checks that its process is gone. */
  stop(): Promise<void>
}

export async function openMill(): Promise<Mill & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gristmill-app-'))
  let host: ChildProcess | null = null
  let address = ''

  async function start(...options: string[]): Promise<string> {
    const args = [join(out, 'main/terminal.js'), 'serve', '--home', join(folder, 'home'), '--port', '0', ...options]
    host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    address = await addressOf(host)
    return address
  }
  async function stop(): Promise<void> {
    if (host === null) return
    const ending = host
    host = null
    await end(ending)
  }
  return {
    folder,
    get address() {
      return address
    },
    get pid() {
      if (host?.pid === undefined) throw new Error('the host has not been started')
      return host.pid
    },
    start,
    stop,
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The first line on stdout; what it wrote to stderr when it ended without one. */
async function addressOf(host: ChildProcess): Promise<string> {
  if (host.stdout === null || host.stderr === null) throw new Error('the host was started without pipes')
  let complaints = ''
  host.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8')
  })
  for await (const line of createInterface({ input: host.stdout })) {
    expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{40,}$/)
    host.stdout.resume()
    return line
  }
  throw new Error(`the host ended without an address: ${complaints}`)
}

async function end(host: ChildProcess): Promise<void> {
  if (host.exitCode === null && host.signalCode === null) {
    const gone = once(host, 'exit')
    host.kill('SIGTERM')
    const late = setTimeout(() => host.kill('SIGKILL'), endsWithinMs)
    await gone
    clearTimeout(late)
    expect(host.signalCode, 'the host ended by itself when it was asked to').not.toBe('SIGKILL')
  }
  const pid = host.pid
  if (pid === undefined) throw new Error('the host never had a process')
  expect(() => process.kill(pid, 0), 'the process is gone').toThrow('ESRCH')
}

export const test = base.extend<{ mill: Mill }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern and takes no other
  mill: async ({}, use) => {
    const mill = await openMill()
    try {
      await mill.start()
      await use(mill)
    } finally {
      await mill.close()
    }
  },
})

export { expect }

/** Drops a file on the window as the system would, with a real File in a real DataTransfer. */
export async function dropFile(page: Page, file: { name: string; text: string; repeat?: number }): Promise<void> {
  await page.evaluate(({ name, text, repeat = 1 }) => {
    const transfer = new DataTransfer()
    transfer.items.add(
      new File(
        Array.from({ length: repeat }, () => text),
        name,
        { type: 'text/plain' },
      ),
    )
    const target = document.elementFromPoint(600, 500) ?? document.body
    for (const type of ['dragenter', 'dragover', 'drop'])
      target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
  }, file)
}

/** Opens the dashboard at the address that the host printed, and waits until it is connected. */
export async function openDashboard(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText('Connecting to the host')).toBeHidden()
}
