/** The names that an app's main process can import from `electron`. What is missing here fails to link, by its name. */
export { app } from './app.ts'
export { BrowserWindow } from './browserWindow.ts'
export { ipcMain, MessageChannelMain } from './ipc.ts'
export { Menu } from './menu.ts'
export { protocol, session } from './session.ts'
export { clipboard, dialog, Notification, powerMonitor, powerSaveBlocker, screen, shell } from './system.ts'
export { utilityProcess } from './utilityProcess.ts'
