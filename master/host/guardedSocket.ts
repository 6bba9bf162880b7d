import { WebSocket } from 'ws'
import { isEnvelope } from './messageGuard.ts'

/** WebSockets that give on well-formed messages only. After 100 others the peer is cut off: it does not speak our protocol. */

const maxDropped = 100
const policyViolation = 1008
export const maxMessageBytes = 16 * 1024 * 1024

abstract class GuardedSocket extends WebSocket {
  abstract readonly side: 'server' | 'client'
  droppedMessages = 0

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== 'message' || this.#isOurs(values[0], values[1])) return super.emit(event, ...values)
    this.droppedMessages++
    if (this.droppedMessages === maxDropped) this.close(policyViolation, 'malformed messages')
    return false
  }

  /** Nothing of ours is binary. A text arrives as one buffer. */
  #isOurs(data: unknown, isBinary: unknown): boolean {
    return isBinary === false && Buffer.isBuffer(data) && isEnvelope(this.side, data.toString())
  }
}

export class ServerSocket extends GuardedSocket {
  readonly side = 'server'
}

export class ClientSocket extends GuardedSocket {
  readonly side = 'client'
}
