import { spawn } from 'node:child_process'

/** The system's own way to open an address. The address is an argument of its own: no shell reads it. */
export function openerOf(platform: NodeJS.Platform, url: string): { command: string; args: string[] } {
  if (platform === 'darwin') return { command: 'open', args: [url] }
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] }
  return { command: 'xdg-open', args: [url] }
}

/** Opens the person's browser; false where there is no way to. */
export async function openBrowser(url: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const { command, args } = openerOf(platform, url)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const opener = spawn(command, args, { stdio: 'ignore', detached: true })
  opener.once('error', () => resolve(false))
  opener.once('spawn', () => resolve(true))
  opener.unref()
  return promise
}
