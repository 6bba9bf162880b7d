import { expect } from '@playwright/test'
import type { Chromium } from '../desktop/chromium.ts'
import { openDesktop } from '../desktop/desktop.ts'
import { hostOf } from './home.ts'
import type { ClosableStage, Screen } from './stage.ts'

/** The desktop app, on the double of Electron or on a real one. */
const keys: Record<Screen, string> = {
  'New job': 'ControlOrMeta+N',
  Jobs: 'ControlOrMeta+1',
  Workers: 'ControlOrMeta+2',
  Storage: 'ControlOrMeta+3',
  Diagnostics: 'ControlOrMeta+4',
}
/** The first answer to what shall become of running jobs. */
const goOnInBackground = 0

export async function openDesktopStage(chromium: Chromium): Promise<ClosableStage> {
  const desktop = await openDesktop(chromium)
  return {
    folder: desktop.folder,
    home: desktop.home,
    mode: 'desktop',
    get pid() {
      return desktop.pid
    },
    start: () => desktop.start(),
    async stop() {
      await desktop.call('quit')
      expect(await desktop.ended()).toBe(0)
    },
    async leave() {
      await desktop.call('answerBox', goOnInBackground)
      await desktop.call('close')
      expect(await desktop.ended()).toBe(0)
      await expect.poll(async () => (await hostOf(desktop.home))?.mode).toBe('background')
    },
    async comeBack() {
      const page = await desktop.page()
      await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
      return page
    },
    drop: (_page, ...files) => desktop.drop(...files),
    async startAgain(file) {
      await desktop.call('focus', false)
      const code = await desktop.startAgain(file)
      await expect.poll(() => desktop.call('isFocused'), 'the window comes to the front').toBe(true)
      expect(await desktop.call('windows')).toBe(1)
      return code
    },
    goTo: (_page, screen) => desktop.press(keys[screen]),
    close: () => desktop.close(),
  }
}
