import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { createServer } from 'vite'
import config from '../electron.vite.config.ts'

/**
 * `npm run dev`: the dashboard from Vite's server, which shows changes at once, in front of a built host, whose API it passes on.
 * Enter builds the host anew and starts it again on the same port; arguments go to `gristmill serve`.
 */
const root = resolve(import.meta.dirname, '..')
const viteUrl = 'http://127.0.0.1:5173'

function build(): boolean {
  return spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' }).status === 0
}

interface RunningHost {
  process: ChildProcess
  url: URL
}

/** Resolves with the link that `serve` prints first. */
async function startHost(port: string): Promise<RunningHost> {
  const args = [join(root, 'out/main/terminal.js'), 'serve', '--port', port, ...process.argv.slice(2)]
  const host = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: host.stdout })
  const ended = once(host, 'exit').then(() => {
    throw new Error('the host ended before it printed its link')
  })
  const [line] = await Promise.race([once(lines, 'line'), ended])
  ended.catch(() => console.log('the host has ended; Enter starts it again'))
  const url = new URL(String(line))
  console.log(`dashboard: ${viteUrl}/${url.hash}`)
  return { process: host, url }
}

async function restart(host: RunningHost): Promise<RunningHost> {
  if (!build()) return host
  if (host.process.exitCode === null && host.process.signalCode === null) {
    host.process.kill('SIGTERM')
    await once(host.process, 'exit')
  }
  return startHost(host.url.port)
}

if (!build()) process.exit(1)
let host = await startHost('0')
const server = await createServer({
  ...config.renderer,
  configFile: false,
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    // The host answers only to its own name and origin.
    proxy: { '/api': { target: host.url.origin, changeOrigin: true, ws: true, headers: { origin: host.url.origin } } },
  },
})
await server.listen()
process.once('SIGTERM', () => {
  host.process.kill('SIGTERM')
  process.exit(143)
})
for await (const _line of createInterface({ input: process.stdin })) host = await restart(host)
host.process.kill('SIGTERM')
await server.close()
