import { refuse, succeed } from '../../../contract/commandError.ts'
import { os, type Room } from '../room.ts'

export function host(room: Room) {
  return {
    info: os.host.info.handler(() => room.info),
    watch: os.host.watch.handler(({ input, signal }) => room.mill.feed.watch(input.since, signal)),
    handOver: os.host.handOver.handler(({ input, context }) => {
      if (context.caller.trust !== 'person') return refuse('not-allowed', 'cannot end the host from a page')
      // Answered first: closing ends the connection that the answer needs.
      setImmediate(() => void room.close(input.reason))
      return succeed(null)
    }),
  }
}
