import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { dragFiles } from '../flows/acts.ts'
import { type AppProcess, type Launch, shownBy } from './appProcess.ts'
import type { Chromium } from './chromium.ts'
import { noteSystem } from './notes.ts'

/** The app on the double: a process of plain Node whose window is a page of a Chromium that the test looks at too. */
const start = join(import.meta.dirname, 'double/start.ts')
const origin = 'https://gristmill.app.invalid'
/** A page of the double learns where files lie that are about to be dropped. */
const lay = '({ BrowserWindow }, paths) => BrowserWindow.getAllWindows()[0].webContents.lay(paths)'

export function startOnDouble({ context, crashed, endpoint }: Chromium, { app, home, files }: Launch): AppProcess {
  // Of an app that has ended, and not yet gone from the list.
  const earlier = new Set(context.pages())
  const child = spawn(process.execPath, [start, app, ...files], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, GRISTMILL_HOME: home, DOUBLE_FIRST: String(noteSystem), DOUBLE_BROWSER: endpoint },
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8')
  })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const run = async (source: string, argument: unknown): Promise<unknown> => {
    const id = Math.random()
    const answered = Promise.withResolvers<unknown>()
    const hear = (message: { id: number; value?: unknown; error?: string }) => {
      if (message.id !== id) return
      child.off('message', hear)
      if (message.error === undefined) answered.resolve(message.value)
      else answered.reject(new Error(message.error))
    }
    child.on('message', hear)
    child.send({ id, source, argument })
    const ended = exit.then((code) => Promise.reject(new Error(`the app ended with ${code}: ${complaints}`)))
    return await Promise.race([answered.promise, ended])
  }
  const started: AppProcess = {
    pid: child.pid ?? 0,
    exit,
    get complaints() {
      return complaints
    },
    page: () =>
      context.pages().find((each) => each.url().startsWith(origin) && !earlier.has(each) && !crashed.has(each)),
    evaluate: (own, given) => run(String(own), given),
    async drop(...paths) {
      await run(lay, paths)
      await dragFiles(shownBy(started), paths)
    },
    press: (keys) => shownBy(started).keyboard.press(keys),
    kill: (signal) => void child.kill(signal),
  }
  return started
}
