import { app } from './app.ts'
import { windows } from './browserWindow.ts'
import { chooseItem } from './menu.ts'
import { answers, recorded } from './recorded.ts'
import { clickNotice, power, tellPower } from './system.ts'

/** The test's way into a running double: one command a message, answered with what it gave. */
function first() {
  const [window] = windows
  if (window === undefined) throw new Error('double: there is no window')
  return window
}

const commands = {
  recorded: () => recorded,
  menu: chooseItem,
  clickNotice,
  answerBox: (response: number) => void answers.box.push(response),
  answerOpen: (...paths: string[]) => void answers.open.push(paths),
  /** Files that are about to be dropped: a page learns where those lie. */
  lay: (...paths: string[]) => first().webContents.lay(paths),
  focus: (is: boolean) => (is ? first().focus() : first().blur()),
  isFocused: () => first().isFocused(),
  close: () => first().close(),
  quit: () => app.quit(),
  battery(on: boolean) {
    power.onBattery = on
    tellPower(on ? 'on-battery' : 'on-ac')
  },
  power: tellPower,
  windows: () => windows.size,
}
export type Commands = typeof commands

export function listenToTest(): void {
  if (process.env['DOUBLE_CONTROL'] === undefined) return
  delete process.env['DOUBLE_CONTROL']
  process.on('message', ({ id, name, args }: { id: number; name: keyof Commands; args: never[] }) => {
    const run = async () => await (commands[name] as (...args: unknown[]) => unknown)(...args)
    run().then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    )
  })
  // The test has gone: nothing is left behind.
  process.on('disconnect', () => process.exit(1))
}
