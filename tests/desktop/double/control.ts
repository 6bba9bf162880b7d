import { windows } from './browserWindow.ts'
import { app, owned } from './lifecycle.ts'
import { answers, recorded } from './recorded.ts'
import { chooseMenuItem, clickNotice, emitPower, power } from './system.ts'

/** The test's way into a running double: one command a message, answered with what it gave. */
const first = () => {
  const [window] = windows
  if (window === undefined) throw new Error('double: there is no window')
  return window
}
const commands = {
  recorded: () => recorded,
  menu: (name: string) => chooseMenuItem(name),
  clickNotice,
  answerBox: (response: number) => void answers.messageBox.push(response),
  answerOpen: (...paths: string[]) => void answers.open.push(paths),
  drop: (...files: string[]) => first().contents.drop(files),
  focus: (is: boolean) => (is ? first().focus() : first().blur()),
  isFocused: () => first().isFocused(),
  close: () => first().close(),
  quit: () => app.quit(),
  battery(on: boolean) {
    power.onBatteryPower = on
    emitPower(on ? 'on-battery' : 'on-ac')
  },
  power: (event: string) => void emitPower(event),
  thermal(state: string) {
    power.thermalState = state
    emitPower('thermal-state-change')
  },
  windows: () => owned.windows.size,
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
