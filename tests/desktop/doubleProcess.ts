import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { dragFiles } from '../flows/acts.ts'
import type { AppProcess, Launch } from './appProcess.ts'
import type { Chromium } from './chromium.ts'

/** The app on the double: a process of plain Node whose window is a page of a Chromium that the test looks at too. */
const start = join(import.meta.dirname, 'double/start.ts')
const origin = 'https://gristmill.app.invalid'

export function startOnDouble({ context, crashed, endpoint }: Chromium, { app, home, files }: Launch): AppProcess {
  const child = spawn(process.execPath, [start, app, ...files], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, GRISTMILL_HOME: home, DOUBLE_CONTROL: '1', DOUBLE_BROWSER: endpoint },
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8')
  })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const call = async (name: string, ...args: unknown[]): Promise<never> => {
    const id = Math.random()
    const answered = Promise.withResolvers<unknown>()
    const hear = (message: { id: number; value?: unknown; error?: string }) => {
      if (message.id !== id) return
      child.off('message', hear)
      if (message.error === undefined) answered.resolve(message.value)
      else answered.reject(new Error(message.error))
    }
    child.on('message', hear)
    child.send({ id, name, args })
    const ended = exit.then((code) => Promise.reject(new Error(`the app ended with ${code}: ${complaints}`)))
    return (await Promise.race([answered.promise, ended])) as never
  }
  const page = () => context.pages().find((each) => each.url().startsWith(origin) && !crashed.has(each))
  const shown = () => {
    const now = page()
    if (now === undefined) throw new Error('there is no window')
    return now
  }
  return {
    pid: child.pid ?? 0,
    exit,
    get complaints() {
      return complaints
    },
    page,
    call,
    async drop(...paths) {
      await call('lay', ...paths)
      await dragFiles(shown(), paths)
    },
    press: (keys) => shown().keyboard.press(keys),
    kill: (signal) => void child.kill(signal),
  }
}
