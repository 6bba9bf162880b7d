import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type AppInfo, type ChosenFile, type DesktopApi, portMessage } from '../contract/desktop.ts'
import type { CommandResult } from '../contract/commandError.ts'
import { channels, type DroppedFile } from './channels.ts'

/**
 * The one thing between the page and the main process: named functions, no channel and no event of Electron's reaches the page. It runs
 * sandboxed, in a world of its own. A file's path goes to the main process and never to the page; what the host answers over the port has
 * none either (master/host/pageForm.ts).
 */
const api: DesktopApi<File> = {
  connect: () => ipcRenderer.send(channels.connect),
  addFiles(...files) {
    const dropped = files.map((file): DroppedFile => ({ path: webUtils.getPathForFile(file), name: file.name }))
    return ipcRenderer.invoke(channels.addFiles, dropped) as Promise<ChosenFile[]>
  },
  pickFiles: () => ipcRenderer.invoke(channels.pickFiles) as Promise<ChosenFile[]>,
  revealArtifact: (job, name) => ipcRenderer.invoke(channels.revealArtifact, job, name) as Promise<CommandResult<null>>,
  openArtifact: (job, name) => ipcRenderer.invoke(channels.openArtifact, job, name) as Promise<CommandResult<null>>,
  copyCommand: (words) => ipcRenderer.invoke(channels.copyCommand, words) as Promise<CommandResult<null>>,
  info: () => ipcRenderer.invoke(channels.info) as Promise<AppInfo>,
  onFiles: (listener) => void ipcRenderer.on(channels.files, (_, files: ChosenFile[]) => listener(files)),
  onGoTo: (listener) => void ipcRenderer.on(channels.goTo, (_, route: string) => listener(route)),
}

// A port cannot cross the bridge; a message of the window can carry it.
ipcRenderer.on(channels.port, (event) => window.postMessage(portMessage, location.origin, event.ports))
contextBridge.exposeInMainWorld('gristmill', api)
