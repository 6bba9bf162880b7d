/** The names that an app's main process can import from `electron`. What is missing here fails to link, by its name. */
export { app } from './app.ts'
export { BrowserWindow } from './browserWindow.ts'
export { ipcMain, MessageChannelMain, protocol, session } from './given.ts'
export { clipboard, dialog, Menu, Notification, powerMonitor, powerSaveBlocker, screen, shell } from './system.ts'
export { utilityProcess } from './utilityProcess.ts'
