import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, expect } from '@playwright/test'
import { provideChromium } from './chromium.ts'

/**
 * Takes README's picture, docs/screenshots/job.png: a job of the real app half way through its work, in a real browser. Needs a build
 * (npm run build); leaves nothing running and no home behind.
 */
const root = resolve(import.meta.dirname, '..')
const terminal = join(root, 'out/main/terminal.js')
const file = join(root, 'docs/screenshots/job.png')
const half = 0.4

async function take(home: string, executablePath: string): Promise<void> {
  const env = { ...process.env, GRISTMILL_HOME: home }
  const host = spawn(process.execPath, [terminal, 'serve', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const browser = await chromium.launch({ executablePath })
  try {
    const [link] = await once(createInterface({ input: host.stdout }), 'line')
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    await page.goto(String(link))
    const id = startJob(env)
    // Only the fragment differs, so the page stays and shows the job.
    await page.goto(new URL(`/#/jobs/${id}`, String(link)).href)
    const bar = page.getByRole('progressbar').first()
    const fraction = async () => Number(await bar.getAttribute('aria-valuenow'))
    await expect.poll(fraction, { timeout: 60_000 }).toBeGreaterThan(half)
    await page.screenshot({ path: file })
  } finally {
    await browser.close()
    host.kill('SIGTERM')
    await once(host, 'exit')
  }
}

/** Long enough to be seen, on any machine. */
function startJob(env: NodeJS.ProcessEnv): string {
  const params = ['-p', 'mode=range', '-p', 'to=20000000000']
  const args = [terminal, 'run', 'primes', ...params, '--name', 'Primes below 20 billion', '--detach', '--json']
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  if (stdout === '') throw new Error(`the job was not made: ${stderr}`)
  return (JSON.parse(stdout) as { job: { id: string } }).job.id
}

const found = provideChromium()
if ('missing' in found) throw new Error(found.missing)
const home = mkdtempSync(join(tmpdir(), 'gristmill-screenshot-'))
try {
  await take(home, found.path)
} finally {
  rmSync(home, { recursive: true, force: true })
}
