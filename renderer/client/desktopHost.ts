import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { createStore } from 'zustand/vanilla'
import { type ChosenFile, type DesktopApi, portMessage } from '../../contract/desktop.ts'
import { refuse, succeed } from '../../contract/commandError.ts'
import type { ApiClient, ConnectionState, Host } from './host.ts'

declare global {
  interface Window {
    /** What the desktop's preload puts there; absent in a browser. */
    gristmill?: DesktopApi<File>
  }
}

/** The host as a desktop window reaches it: a port for the API, and the app around the page for files. */
export async function openDesktopHost(desktop: DesktopApi<File>): Promise<Host> {
  const whenGiven = portGiven(window)
  const onOpened = keepOpened(desktop)
  desktop.onGoTo((route) => {
    location.hash = route
  })
  // Last: what has waited for the page follows the port at once.
  desktop.connect()
  const port = await whenGiven
  const connection = createStore<ConnectionState>(() => ({ status: 'open', tries: 0 }))
  port.addEventListener('close', () => connection.setState({ status: 'away', tries: 1 }))
  const api = createORPCClient<ApiClient>(new RPCLink({ port }))
  port.start()
  return {
    can: { pickFiles: true, realPaths: true, uploads: false, roots: false },
    api,
    connection,
    // A port that is gone went with the host's process; a page that is loaded again asks for a new one.
    retryNow: () => location.reload(),
    async bring(file) {
      const [chosen] = await desktop.addFiles(file)
      if (chosen?.ok === true) return succeed({ type: 'upload', token: chosen.token })
      return refuse('input-unreadable', chosen?.message ?? `${file.name} was not taken`)
    },
    copyCommand: (words) => desktop.copyCommand(words),
    artifactUrl: () => null,
    files: {
      pick: () => desktop.pickFiles(),
      onOpened,
      revealArtifact: (job, name) => desktop.revealArtifact(job, name),
      openArtifact: (job, name) => desktop.openArtifact(job, name),
    },
  }
}

/** Files that come before the dashboard listens are kept for it; a later listener takes the place of an earlier one. */
function keepOpened(desktop: DesktopApi<File>): (listener: (files: ChosenFile[]) => void) => void {
  const early: ChosenFile[][] = []
  let listener: ((files: ChosenFile[]) => void) | null = null
  desktop.onFiles((files) => (listener === null ? void early.push(files) : listener(files)))
  return (next) => {
    listener = next
    for (const files of early.splice(0)) next(files)
  }
}

/** The next port that the preload hands to this very page. */
function portGiven(page: Window): Promise<MessagePort> {
  return new Promise((resolve) => {
    page.addEventListener('message', function take(event) {
      const [port] = event.ports
      if (event.source !== page || event.data !== portMessage || port === undefined) return
      page.removeEventListener('message', take)
      resolve(port)
    })
  })
}
