import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test'
import { owned } from './lifecycle.ts'
import { permissionsOf } from './session.ts'

/** The Chromium that a test has started; the test looks at the same pages. */
let browser: Browser | null = null
owned.leaveBrowser = async () => {
  await browser?.close()
}

export async function openPage(): Promise<{ page: Page; cdp: CDPSession }> {
  browser ??= await chromium.connectOverCDP(process.env['DOUBLE_BROWSER'] ?? '')
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('double: Chromium has no context')
  const granted = permissionsOf(['geolocation', 'notifications', 'clipboard-read'])
  if (granted.length > 0) await context.grantPermissions(granted)
  const page = await context.newPage()
  return { page, cdp: await context.newCDPSession(page) }
}
