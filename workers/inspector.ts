import type { Worker } from 'node:worker_threads'
import type { FromInspector, ToInspector } from './threadMessages.ts'

/**
 * The thread that answers what is asked before there is a job, what inputs are and how outputs would begin, seen from control: started when first asked for, ended when it has had nothing to do for a while, so
 * that a worker keeps its memory for its work. It is ended only between requests.
 */
export interface InspectorOptions {
  start: () => Worker
  post: (answer: FromInspector) => void
  /** How long it stays without a request. */
  idleMs: number
}

export class Inspector {
  readonly #options: InspectorOptions
  #thread: Worker | null = null
  #unanswered = 0
  #idle: NodeJS.Timeout | undefined

  constructor(options: InspectorOptions) {
    this.#options = options
  }

  /** True while a request is unanswered: then the thread may be held up by a file system that does not answer. */
  get isBusy(): boolean {
    return this.#unanswered > 0
  }

  ask(request: ToInspector): void {
    clearTimeout(this.#idle)
    this.#unanswered += 1
    this.#thread ??= this.#begin()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#thread.postMessage(request)
  }

  #begin(): Worker {
    const thread = this.#options.start()
    thread.on('message', (answer: FromInspector) => {
      this.#unanswered -= 1
      this.#options.post(answer)
      if (this.#unanswered === 0) this.#idle = setTimeout(() => this.#end(), this.#options.idleMs)
    })
    return thread
  }

  /** What control listens for is a thread that ends by itself; this one is told to. */
  #end(): void {
    this.#thread?.removeAllListeners('exit')
    void this.#thread?.terminate()
    this.#thread = null
  }
}
