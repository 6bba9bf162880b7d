import { app } from './app.ts'
import { NotModelled, strict } from './strict.ts'

/** `Menu`: the application's menu bar, chosen from by name, or by the keys that the page has left. */
interface Item extends Omit<Electron.MenuItemConstructorOptions, 'click' | 'submenu'> {
  click?: (item: Item) => void
  submenu?: Item[]
}
/** Keys as an event of the page tells them. */
export type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** What stands behind a role: its keys on this system, and what they do where that is modelled. */
const roles = new Map<string, Item>([
  ['quit', { accelerator: 'CmdOrCtrl+Q', click: () => app.quit() }],
  ...'editMenu windowMenu help about reload toggleDevTools resetZoom zoomIn zoomOut togglefullscreen'
    .split(' ')
    .map((role): [string, Item] => [role, {}]),
])

function itemsOf(template: readonly Item[]): Item[] {
  return template.flatMap((item) => {
    const given = item.role === undefined ? {} : roles.get(item.role)
    if (given === undefined) throw new NotModelled(`the menu role ${item.role}`)
    if (item.role === undefined && item.label === undefined && item.type !== 'separator')
      throw new Error('double: a menu item needs a label')
    return [Object.assign(item, given), ...itemsOf(item.submenu ?? [])]
  })
}

let items: Item[] = []
export const Menu = strict('Menu', {
  buildFromTemplate: itemsOf,
  setApplicationMenu: (menu: Item[]) => void (items = menu),
})

function choose(item: Item): void {
  if (item.click === undefined) throw new NotModelled(`choosing the menu's ${item.id ?? item.role}`)
  if (item.type === 'checkbox') item.checked = item.checked !== true
  item.click(item)
}

export function chooseItem(id: string): void {
  const item = items.find((each) => each.id === id)
  if (item === undefined) throw new Error(`double: the menu has no ${id}`)
  choose(item)
}

export function pressKeys({ key, ctrlKey, metaKey, shiftKey, altKey }: Keys): void {
  const command = process.platform === 'darwin' ? metaKey : ctrlKey
  const parts = [command && 'CmdOrCtrl', altKey && 'Alt', shiftKey && 'Shift', key.toUpperCase()]
  const item = items.find(({ accelerator }) => accelerator === parts.filter((part) => part !== false).join('+'))
  if (item !== undefined) choose(item)
}
