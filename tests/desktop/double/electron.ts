/** The names that an app's main process can import from `electron`. What is missing here fails to link, by its name. */
export { BrowserWindow } from './browserWindow.ts'
export { ipcMain } from './ipcMain.ts'
export { app } from './lifecycle.ts'
export { MessageChannelMain } from './ports.ts'
export { protocol, session } from './session.ts'
export { clipboard, dialog, Menu, Notification, powerMonitor, powerSaveBlocker, screen, shell } from './system.ts'
export { utilityProcess } from './utilityProcess.ts'
