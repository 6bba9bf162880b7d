import type { MenuItemConstructorOptions } from 'electron'

/** The menu bar as data: what the system has a role for has it, so that every system's own keys and words hold. Pure. */
export interface MenuState {
  platform: NodeJS.Platform
  /** Only while developing. */
  devTools: boolean
  keepAwake: boolean
}

export interface MenuActions {
  goTo(route: string): void
  open(): void
  setKeepAwake(chosen: boolean): void
  showHome(): void
}

export function menuTemplate(state: MenuState, actions: MenuActions): MenuItemConstructorOptions[] {
  const mac = state.platform === 'darwin'
  return [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    { label: '&File', submenu: fileMenu(mac, actions) },
    { role: 'editMenu' },
    { label: '&View', submenu: viewMenu(state, actions) },
    { role: 'windowMenu' },
    { role: 'help', submenu: helpMenu(mac, actions) },
  ]
}

function fileMenu(mac: boolean, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { id: 'new-job', label: 'New job', accelerator: 'CmdOrCtrl+N', click: () => actions.goTo('#/new') },
    { id: 'open', label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => actions.open() },
    ...(mac ? [{ role: 'recentDocuments' as const, submenu: [{ role: 'clearRecentDocuments' as const }] }] : []),
    { type: 'separator' },
    mac ? { role: 'close' } : { role: 'quit' },
  ]
}

function viewMenu(state: MenuState, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { id: 'jobs', label: 'Jobs', accelerator: 'CmdOrCtrl+1', click: () => actions.goTo('#/') },
    { id: 'workers', label: 'Workers', accelerator: 'CmdOrCtrl+2', click: () => actions.goTo('#/workers') },
    { id: 'storage', label: 'Storage', accelerator: 'CmdOrCtrl+3', click: () => actions.goTo('#/storage') },
    { id: 'diagnostics', label: 'Diagnostics', accelerator: 'CmdOrCtrl+4', click: () => actions.goTo('#/diagnostics') },
    { type: 'separator' },
    {
      id: 'keep-awake',
      label: 'Keep the machine awake while jobs run',
      type: 'checkbox',
      checked: state.keepAwake,
      click: (item) => actions.setKeepAwake(item.checked),
    },
    { type: 'separator' },
    { role: 'reload' },
    ...(state.devTools ? [{ role: 'toggleDevTools' as const }] : []),
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
  ]
}

function helpMenu(mac: boolean, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { id: 'home', label: 'Show the data folder', click: () => actions.showHome() },
    ...(mac ? [] : [{ role: 'about' as const }]),
  ]
}
