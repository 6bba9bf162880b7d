import { afterReady } from './app.ts'
import { Emitter, notModelled, strict } from './strict.ts'

/** The system around an app: menu bar, dialogs, notices, shell, power and screen. A test puts notes in the place of what leaves the app. */
const nobody = (): never => {
  throw new Error('double: nobody answers')
}
export const dialog = strict('dialog', { showErrorBox: nobody, showMessageBox: nobody, showOpenDialog: nobody })
export const clipboard = strict('clipboard', { writeText: nobody })
export const shell = strict('shell', { showItemInFolder: nobody, openPath: nobody })
export const powerSaveBlocker = strict('powerSaveBlocker', { start: nobody, stop: nobody })

class Notice extends Emitter {
  static isSupported = (): boolean => true
  constructor({ title, body }: { title: string; body: string }) {
    super('Notification', 'click close failed', { title, body })
    afterReady('Notification')
  }
  show(): void {}
}
export const Notification = strict('Notification', Notice)

const powerEvents = 'on-battery on-ac thermal-state-change suspend resume shutdown'
const power = { onBatteryPower: false, getCurrentThermalState: () => 'nominal' }
export const powerMonitor = new Emitter('powerMonitor', powerEvents, power)
const workArea = { x: 0, y: 0, width: 1920, height: 1040 }
export const screen = strict('screen', { getAllDisplays: () => [{ workArea }] }, afterReady)

interface Item extends Omit<Electron.MenuItemConstructorOptions, 'click' | 'submenu'> {
  click?: (item: Item) => void
  submenu?: Item[]
}
const roles =
  'editMenu windowMenu help quit about reload toggleDevTools resetZoom zoomIn zoomOut togglefullscreen'.split(' ')

function itemsOf(template: readonly Item[]): (Item & { click: () => void })[] {
  return template.flatMap((item) => {
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
}
const bar = { items: itemsOf([]), getMenuItemById: (id: string) => bar.items.find((item) => item.id === id) ?? null }
export const Menu = strict('Menu', {
  buildFromTemplate: itemsOf,
  setApplicationMenu: (items: typeof bar.items) => void (bar.items = items),
  getApplicationMenu: () => bar,
})
export const pressKeys = (keys: string): void => bar.items.find((item) => item.accelerator === keys)?.click()
