import { EventEmitter } from 'node:events'
import { afterReady } from './lifecycle.ts'
import { answers, recorded } from './recorded.ts'
import { NotModelled, strict } from './strict.ts'

/** What stands for the system around an app: dialogs, menus, notices, shell, power and screen. */
interface BoxOptions {
  message: string
  buttons: string[]
}
function next<T>(list: T[], what: string): T {
  const answer = list.shift()
  if (answer === undefined) throw new Error(`double: nobody answers ${what}`)
  return answer
}

export const dialog = strict('dialog', {
  showErrorBox: (title: string, text: string) => void recorded.errors.push(`${title}: ${text}`),
  async showMessageBox(...args: unknown[]) {
    // A window may stand first.
    const { message, buttons } = args.at(-1) as BoxOptions
    recorded.questions.push({ message, buttons })
    return { response: next(answers.messageBox, message), checkboxChecked: false }
  },
  async showOpenDialog() {
    const filePaths = answers.open.shift() ?? []
    return { canceled: filePaths.length === 0, filePaths }
  },
})

interface Item {
  id?: string
  label?: string
  role?: string
  type?: string
  accelerator?: string
  checked?: boolean
  submenu?: Item[]
  click?: (item: Item) => void
}
const roles = new Set(
  'appMenu editMenu windowMenu help close quit about reload toggleDevTools resetZoom zoomIn zoomOut togglefullscreen recentDocuments clearRecentDocuments'.split(
    ' ',
  ),
)
let applicationMenu: Item[] = []

function check(items: Item[]): Item[] {
  for (const item of items) {
    if (item.role !== undefined && !roles.has(item.role)) throw new NotModelled(`the menu role ${item.role}`)
    if (item.role === undefined && item.label === undefined && item.type !== 'separator')
      throw new Error('double: a menu item needs a label')
    check(item.submenu ?? [])
  }
  return items
}
export const Menu = strict('Menu', {
  buildFromTemplate: check,
  setApplicationMenu: (menu: Item[]) => void (applicationMenu = menu),
})
const everyItem = (items: Item[]): Item[] => items.flatMap((item) => [item, ...everyItem(item.submenu ?? [])])
/** As a person chooses it, by its name or its keys. */
export function chooseMenuItem(name: string): void {
  const item = everyItem(applicationMenu).find((each) => each.id === name || each.accelerator === name)
  if (item?.click === undefined) throw new Error(`double: the menu has no ${name}`)
  if (item.type === 'checkbox') item.checked = item.checked !== true
  item.click(item)
}

const notices: Notification[] = []
export class Notification extends EventEmitter {
  static isSupported = (): boolean => true
  readonly #notice: { title: string; body: string; shown: boolean }
  constructor({ title, body }: { title: string; body: string }) {
    super()
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
  async openPath(path: string) {
    recorded.opened.push(path)
    return ''
  },
})

export const clipboard = strict('clipboard', {
  async writeText(text: string) {
    recorded.copied.push(text)
  },
})

/** `power.onBatteryPower` is the test's to change. */
export const power = { onBatteryPower: false, thermalState: 'nominal' }
const monitor = new EventEmitter()
export const emitPower = (event: string): boolean => monitor.emit(event, { preventDefault: () => undefined })
export const powerMonitor = strict('powerMonitor', {
  on: (event: string, listener: () => void) => void monitor.on(event, listener),
  getCurrentThermalState: () => power.thermalState,
  get onBatteryPower() {
    return power.onBatteryPower
  },
})
let blockers = 0
export const powerSaveBlocker = strict('powerSaveBlocker', {
  start(type: string) {
    recorded.awake.push(`start ${type}`)
    return ++blockers
  },
  stop: () => void recorded.awake.push('stop'),
})
export const screen = strict('screen', {
  getAllDisplays() {
    afterReady('screen')
    return [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }]
  },
})
