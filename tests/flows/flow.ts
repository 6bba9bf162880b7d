import { expect } from '@playwright/test'
import { closePages, test as base } from '../desktop/chromium.ts'
import { openBrowserStage } from './browserStage.ts'
import { openDesktopStage } from './desktopStage.ts'
import type { Stage } from './stage.ts'

/** The ways of a person through the dashboard, each a specification of its own that both hosts run: the configuration names which. */
interface Options {
  hostKind: 'browser' | 'desktop'
  stage: Stage
}

export const test = base.extend<Options>({
  hostKind: ['browser', { option: true }],
  stage: async ({ chromiumOf, hostKind }, use, info) => {
    const stage = await (hostKind === 'desktop' ? openDesktopStage : openBrowserStage)(chromiumOf)
    await use(stage)
    const [, page] = chromiumOf.context.pages()
    if (info.status !== info.expectedStatus && page !== undefined)
      await info.attach('page', { body: await page.screenshot(), contentType: 'image/png' })
    await stage.close()
    await closePages(chromiumOf)
  },
})

export { expect }
