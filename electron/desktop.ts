import {
  app,
  clipboard,
  ipcMain,
  Menu,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  session,
  shell,
} from 'electron'
import { z } from 'zod'
import { commandErrorLine } from '../contract/commandError.ts'
import { commandWordsSchema } from '../contract/commandLine.ts'
import type { AppInfo, ChosenFile } from '../contract/desktop.ts'
import { startBackground } from '../master/host/background.ts'
import { handOver } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import type { Host, WantedJob } from '../master/host/host.ts'
import { untilIdle } from '../master/host/idleWatch.ts'
import { appOrigin, appScheme, makeAppHandler } from './appProtocol.ts'
import { openArtifact, revealArtifact } from './artifacts.ts'
import { channels, type DroppedFile } from './channels.ts'
import { chooseFiles, droppedFilesSchema, droppedFrom } from './chosenFiles.ts'
import { Citizen } from './citizen/citizen.ts'
import { copyCommand } from './copyCommand.ts'
import { DashboardWindow } from './dashboardWindow.ts'
import { hardenContents, hardenSession } from './hardening.ts'
import { Leaving } from './leaving.ts'
import { menuTemplate } from './menuTemplate.ts'
import { PageCalls } from './pageCalls.ts'
import type { Places } from './openHere.ts'
import { askBeforeLeaving, askBeforeRunning, pickFiles, showTrouble } from './questions.ts'
import { SettingsFile } from './settings.ts'

export interface DesktopParts {
  host: Host
  places: Places
  paths: HomePaths
  version: string
  /** While developing: where the page comes from, with its changes at once. */
  devServer: string | null
  log: (line: string) => void
}

/** The open app: one host, one window, one menu bar, and what the system tells. It wires; each part decides its own. */
export class Desktop {
  readonly #parts: DesktopParts
  readonly #settings: SettingsFile
  readonly #window: DashboardWindow
  readonly #citizen: Citizen
  readonly #leaving: Leaving
  #isAsking = false

  constructor(parts: DesktopParts) {
    this.#parts = parts
    const { host, places, log, devServer } = parts
    this.#settings = new SettingsFile(parts.paths.home, log)
    this.#window = new DashboardWindow({
      preload: places.preload,
      url: devServer ?? `${appOrigin}/`,
      devTools: !app.isPackaged,
      settings: this.#settings,
      router: host.router,
      log,
      onBroken: (reason) =>
        showTrouble(`The window's page ends again and again (${reason}). Jobs go on; see the logs.`),
      mayClose: () => this.#mayClose(),
      confirm: (wanted) => this.#confirm(wanted),
    })
    this.#citizen = new Citizen({
      host,
      window: () => this.#window.window,
      power: powerMonitor,
      blocker: powerSaveBlocker,
      notification: Notification,
      keepAwake: () => this.#settings.now.keepAwake,
      onNoticeClicked: (job) => this.#window.goTo(`#/jobs/${encodeURIComponent(job)}`),
      log,
    })
    this.#leaving = this.#makeLeaving()
  }

  async open(files: readonly string[]): Promise<void> {
    const { devServer, log, places, host } = this.#parts
    hardenContents(app, devServer ?? appOrigin, log)
    hardenSession(session.defaultSession, devServer)
    protocol.handle(appScheme, await makeAppHandler(places.renderer))
    this.#answerPage()
    this.#showMenu()
    this.#listenToSystem()
    this.#window.show()
    await this.openFiles(files)
    this.#citizen.follow().catch((error: unknown) => log(`the live feed broke off: ${String(error)}`))
    host.closed.then(
      () => this.#leaving.leaveNow(),
      (error: unknown) => this.#broken(error),
    )
  }

  /** Of arguments, the dialog, the system's list of recent documents, a second start. */
  async openFiles(paths: readonly string[]): Promise<void> {
    this.#window.openFiles(await this.#choose(droppedFrom(paths)))
  }

  /** What the person chose, by whichever way: known to the host, and on the system's list of recent documents. */
  async #choose(dropped: readonly DroppedFile[]): Promise<ChosenFile[]> {
    const files = await chooseFiles(dropped, this.#parts.host.chosen)
    for (const [index, file] of files.entries()) if (file.ok) app.addRecentDocument(dropped[index]?.path ?? '')
    return files
  }

  #answerPage(): void {
    const { host, log, devServer, version } = this.#parts
    const client = host.client({ trust: 'person' })
    const naming = z.tuple([z.string().min(1).max(100), z.string().min(1).max(1000)])
    const calls = new PageCalls({
      ipc: ipcMain,
      contents: () => this.#window.window?.webContents ?? null,
      ownOrigin: devServer ?? appOrigin,
      log,
    })
    calls.hear(channels.connect, (frame) => this.#window.connect(frame))
    calls.answer(channels.addFiles, z.tuple([droppedFilesSchema]), (files) => this.#choose(files))
    calls.answer(channels.pickFiles, z.tuple([]), async () =>
      this.#choose(droppedFrom(await pickFiles(this.#window.window))),
    )
    calls.answer(channels.revealArtifact, naming, (job, name) => revealArtifact(client, { job, name }, shell))
    calls.answer(channels.openArtifact, naming, (job, name) => openArtifact(client, { job, name }, shell))
    calls.answer(channels.copyCommand, z.tuple([commandWordsSchema]), (words) =>
      copyCommand(words, host.chosen, clipboard),
    )
    calls.answer(channels.info, z.tuple([]), (): AppInfo => {
      const { electron, chrome, node, v8 } = process.versions
      return { version, versions: { electron, chrome, node, v8 }, platform: process.platform }
    })
  }

  #showMenu(): void {
    const template = menuTemplate(
      { platform: process.platform, devTools: !app.isPackaged, keepAwake: this.#settings.now.keepAwake },
      {
        goTo: (route) => this.#window.goTo(route),
        open: () => void pickFiles(this.#window.window).then((paths) => this.openFiles(paths)),
        setKeepAwake: (keepAwake) => {
          this.#settings.change({ keepAwake })
          this.#citizen.refresh()
        },
        showHome: () => void shell.openPath(this.#parts.paths.home),
      },
    )
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }

  #listenToSystem(): void {
    const { log } = this.#parts
    app.on('before-quit', (event) => {
      if (this.#leaving.isGone) return
      event.preventDefault()
      void this.#leaving.request()
    })
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit()
    })
    app.on('activate', () => this.#window.show())
    app.on('child-process-gone', (_event, { type, reason, exitCode, name = '' }) =>
      log(`a process has gone: ${type} ${name}: ${reason} (${exitCode})`),
    )
    // The system waits until the app has quit: what runs is given back, and what is decided is written.
    // Electron's declarations leave out the event that its manual names.
    powerMonitor.on('shutdown', (...told: Pick<Event, 'preventDefault'>[]) => {
      for (const event of told) event.preventDefault()
      void this.#leaving.leaveNow()
    })
  }

  /** One box at a time: what a page asks for meanwhile is not done. */
  async #confirm(wanted: WantedJob): Promise<boolean> {
    if (this.#isAsking) return false
    this.#isAsking = true
    try {
      return await askBeforeRunning(this.#window.window, wanted)
    } finally {
      this.#isAsking = false
    }
  }

  /** Where closing the window means to quit, it closes once that is settled. */
  #mayClose(): boolean {
    if (process.platform === 'darwin' || this.#leaving.isGone) return true
    void this.#leaving.request()
    return false
  }

  #makeLeaving(): Leaving {
    const { host } = this.#parts
    return new Leaving({
      isBusy: () => host.busy,
      ask: () => askBeforeLeaving(this.#window.window, this.#citizen.picture.unfinished.size),
      handOver: () => this.#handOver(),
      close: () => host.close('the app was closed'),
      untilIdle: (signal) => untilIdle(() => host.busy, 0, signal),
      onGone: () => app.quit(),
      onBroken: (error) => this.#broken(error),
    })
  }

  async #handOver(): Promise<boolean> {
    const { host, paths, log } = this.#parts
    const sandbox = process.argv.includes('--no-sandbox') ? ['--no-sandbox'] : []
    const args = [...(app.isPackaged ? [] : [app.getAppPath()]), ...sandbox]
    const handed = await handOver({
      host,
      // Plain Node cannot be had from a packaged app: it is this app once more, without a window.
      startBackground: () => startBackground({ paths, program: process.execPath, args, channel: 'ipc' }),
      reason: 'the app was closed while jobs run',
    })
    if (handed.ok) return true
    log(commandErrorLine(handed.error))
    showTrouble(commandErrorLine(handed.error))
    return false
  }

  #broken(error: unknown): void {
    this.#parts.log(`the host has failed: ${String(error)}`)
    showTrouble(`Gristmill cannot go on: ${error instanceof Error ? error.message : String(error)}`)
    app.exit(1)
  }

  /** A second start: this window comes to the front, with what was to be opened. */
  async reopen(files: readonly string[]): Promise<void> {
    this.#window.show()
    await this.openFiles(files)
  }
}
