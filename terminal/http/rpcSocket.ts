import type { WebSocket } from 'ws'
import { RPCHandler } from '@orpc/server/ws'
import type { Caller, Host } from '../../master/host/host.ts'

/** A page that reads slower than it is told things is dropped at this much unsent; it reconnects and gets the whole again. */
const mostUnsentBytes = 64 * 1024 * 1024

/** Answers the contract over one WebSocket. A page is trusted with nothing that it was not given. */
export function makeRpcSocket(router: Host['router']): (socket: WebSocket) => void {
  const handler = new RPCHandler<{ caller: Caller }>(router)
  return (socket) => {
    void handler.upgrade(socket, { context: { caller: { trust: 'page' } } })
    void mostUnsentBytes
  }
}
