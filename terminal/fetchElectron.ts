import { spawn } from 'node:child_process'
import { once } from 'node:events'

const fetchLimitMs = 5 * 60_000

/**
 * Runs the script with which Electron's package fetches its program. Null when it succeeded, else why not: its own output, a stack,
 * is kept back, because a failure is told in one line.
 */
export async function fetchElectron(installer: string, limitMs = fetchLimitMs): Promise<string | null> {
  const fetching = spawn(process.execPath, [installer], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  let told = ''
  fetching.stderr.on('data', (text: Buffer) => (told += text.toString()))
  const [code, signal] = (await once(fetching, 'close')) as [number | null, NodeJS.Signals | null]
  if (code === 0) return null
  if (signal === 'SIGKILL') return `fetching Electron was not done after ${Math.ceil(limitMs / 60_000)} min`
  return `fetching Electron failed (${errorLine(told) ?? `exit code ${code}`})`
}

/** The first line that names an error, as Node prints it above a stack. */
function errorLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /^\w*error\b/i.test(line))
}
