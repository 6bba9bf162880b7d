import { afterReady } from './app.ts'
import { Emitter, notModelled, strict } from './strict.ts'

/** The system around an app: menu bar, dialogs, notices, shell, power and screen. A test puts notes in the place of what leaves the app. */
const nobody = (what: string) => async (): Promise<never> => {
  throw new Error(`double: nobody answers ${what}`)
}
export const dialog = strict('dialog', {
  showErrorBox: (title: string, text: string) => void process.stderr.write(`${title}: ${text}\n`),
  showMessageBox: nobody('a question'),
  showOpenDialog: nobody('a file dialog'),
})
export const clipboard = strict('clipboard', { writeText: async (_text: string) => undefined })
export const shell = strict('shell', { showItemInFolder: nobody('a folder'), openPath: nobody('a file') })

export class Notification extends Emitter {
  static isSupported = (): boolean => true
  readonly title: string
  readonly body: string
  constructor({ title, body }: { title: string; body: string }) {
    super('click close failed')
    this.title = title
    this.body = body
  }
  show(): void {
    afterReady('Notification')
  }
}

class PowerMonitor extends Emitter {
  onBatteryPower = false
  getCurrentThermalState = () => 'nominal'
}
const powerEvents = 'on-battery on-ac thermal-state-change suspend resume shutdown'
export const powerMonitor = strict('powerMonitor', new PowerMonitor(powerEvents))
export const powerSaveBlocker = strict('powerSaveBlocker', { start: () => 1, stop: () => undefined })
export const screen = strict('screen', {
  getAllDisplays() {
    afterReady('screen')
    return [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }]
  },
})

interface Item extends Omit<Electron.MenuItemConstructorOptions, 'click' | 'submenu'> {
  click?: (item: Item) => void
  submenu?: Item[]
}
const roles =
  'editMenu windowMenu help quit about reload toggleDevTools resetZoom zoomIn zoomOut togglefullscreen'.split(' ')

function itemsOf(template: readonly Item[]) {
  const items = template.flatMap((item): (Item & { click: () => void })[] => {
    const { role, label, type, click, submenu = [] } = item
    if (role !== undefined && !roles.includes(role)) throw notModelled(`the menu role ${role}`)
    if (role === undefined && label === undefined && type !== 'separator')
      throw new Error('double: an item has no label')
    const choose = () => {
      if (click === undefined) throw notModelled(`choosing ${role ?? label} of the menu`)
      if (type === 'checkbox') item.checked = item.checked !== true
      click(item)
    }
    return [{ ...item, click: choose }, ...itemsOf(submenu)]
  })
  return items
}
const bar = { items: itemsOf([]), getMenuItemById: (id: string) => bar.items.find((item) => item.id === id) ?? null }
export const Menu = strict('Menu', {
  buildFromTemplate: itemsOf,
  setApplicationMenu: (items: ReturnType<typeof itemsOf>) => void (bar.items = items),
  getApplicationMenu: () => bar,
})

/** Keys as an event of the page tells them. */
export type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>
export function pressKeys({ key, ctrlKey, metaKey, shiftKey, altKey }: Keys): void {
  const command = process.platform === 'darwin' ? metaKey : ctrlKey
  const parts = [command && 'CmdOrCtrl', altKey && 'Alt', shiftKey && 'Shift', key.toUpperCase()]
  const pressed = parts.filter((part) => part !== false).join('+')
  bar.items.find(({ accelerator }) => accelerator === pressed)?.click()
}
