import type { IpcMainEvent, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron'
import type { z } from 'zod'
import { isOwn } from './hardening.ts'

/**
 * Calls of the page, which is never trusted: each is taken only from the main frame of our own window while it shows our own page, and only
 * with arguments of the form that it declares. What is refused is counted.
 */
interface Ipc {
  handle(channel: string, listener: (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown): void
  on(channel: string, listener: (event: IpcMainEvent, ...args: unknown[]) => void): void
}

export interface PageCallsOptions {
  ipc: Ipc
  /** The window's own contents; null while there is no window. */
  contents: () => WebContents | null
  ownOrigin: string
  log: (line: string) => void
}

type Sender = Pick<IpcMainEvent, 'senderFrame'>

export class PageCalls {
  refused = 0
  readonly #options: PageCallsOptions

  constructor(options: PageCallsOptions) {
    this.#options = options
  }

  /** A call that is answered. A refusal rejects in the page, without a reason. */
  answer<Args extends z.ZodTuple>(channel: string, args: Args, run: (...args: z.infer<Args>) => unknown): void {
    this.#options.ipc.handle(channel, (event, ...told) => {
      const parsed = this.#isOurs(event) ? args.safeParse(told) : null
      if (parsed?.success === true) return run(...parsed.data)
      this.#refuse(channel)
      throw new Error('refused')
    })
  }

  /** A call without an answer; `run` gets the frame that made it. */
  hear(channel: string, run: (frame: WebFrameMain) => void): void {
    this.#options.ipc.on(channel, (event, ...told) => {
      const frame = this.#isOurs(event) && told.length === 0 ? event.senderFrame : null
      if (frame === null) this.#refuse(channel)
      else run(frame)
    })
  }

  /** The frame of a message is null when it has navigated or gone since. */
  #isOurs({ senderFrame }: Sender): boolean {
    const mainFrame = this.#options.contents()?.mainFrame
    if (senderFrame === null || mainFrame === undefined || senderFrame !== mainFrame) return false
    return isOwn(senderFrame.url, this.#options.ownOrigin)
  }

  #refuse(channel: string): void {
    this.refused += 1
    this.#options.log(`a call of ${channel} was refused: not from our page, or not in its form`)
  }
}
