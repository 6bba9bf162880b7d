import { afterReady } from './app.ts'
import { answers, recorded } from './recorded.ts'
import { Emitter, strict } from './strict.ts'

/** The system around an app: dialogs, notices, shell, power and screen. */
export const dialog = strict('dialog', {
  showErrorBox: (title: string, text: string) => void recorded.errors.push(`${title}: ${text}`),
  async showMessageBox(...told: [...unknown[], Electron.MessageBoxOptions]) {
    const { message, buttons = [] } = told.at(-1) as Electron.MessageBoxOptions
    recorded.questions.push({ message, buttons })
    const response = answers.box.shift()
    if (response === undefined) throw new Error(`double: nobody answers ${message}`)
    return { response, checkboxChecked: false }
  },
  async showOpenDialog() {
    const filePaths = answers.open.shift() ?? []
    return { canceled: filePaths.length === 0, filePaths }
  },
})

const notices: Notification[] = []
export class Notification extends Emitter {
  static isSupported = (): boolean => true
  readonly #notice: { title: string; body: string; shown: boolean }
  constructor({ title, body }: { title: string; body: string }) {
    super('click close failed')
    this.#notice = { title, body, shown: false }
    recorded.notices.push(this.#notice)
    notices.push(this)
  }
  show(): void {
    afterReady('Notification')
    this.#notice.shown = true
  }
}
export const clickNotice = (): void => void notices.at(-1)?.emit('click')

export const shell = strict('shell', {
  showItemInFolder: (path: string) => void recorded.revealed.push(path),
  openPath: async (path: string) => (recorded.opened.push(path), ''),
})

export const clipboard = strict('clipboard', {
  writeText: async (text: string) => void recorded.copied.push(text),
})

export const power = { onBattery: false }
class PowerMonitor extends Emitter {
  getCurrentThermalState = () => 'nominal'
  get onBatteryPower(): boolean {
    return power.onBattery
  }
}
const monitor = new PowerMonitor('on-battery on-ac thermal-state-change suspend resume shutdown')
export const powerMonitor = strict('powerMonitor', monitor)
export const tellPower = (event: string): boolean => monitor.mayGoOn(event)

export const powerSaveBlocker = strict('powerSaveBlocker', {
  start: (type: string) => recorded.awake.push(`start ${type}`),
  stop: () => void recorded.awake.push('stop'),
})

export const screen = strict('screen', {
  getAllDisplays() {
    afterReady('screen')
    return [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }]
  },
})
