import { refuse, succeed } from '../../../contract/commandError.ts'
import { os, refusedForNow, type Room } from '../room.ts'
import { readSettings, writeSettings } from '../settings.ts'
import { measureStorage } from '../storage.ts'

export function host(room: Room) {
  return {
    info: os.host.info.handler(() => room.info),
    watch: os.host.watch.handler(({ input, signal }) => room.mill.feed.watch(input.since, signal)),
    storage: os.host.storage.handler(async () => {
      const { keeping } = await readSettings(room.paths.settings)
      return await measureStorage(room.paths, room.store.read, keeping)
    }),
    keep: os.host.keep.handler(async ({ input }) => {
      const refused = refusedForNow(room)
      if (refused !== null) return refused
      await writeSettings(room.paths.settings, input)
      return succeed(input)
    }),
    invite: os.host.invite.handler(({ context }) => {
      if (context.caller.trust !== 'person') return refuse('not-allowed', 'cannot let others in from a page')
      const url = room.invite()
      if (url === null) return refuse('unavailable', 'cannot open a browser at this host: it shows no dashboard')
      return succeed({ url })
    }),
    handOver: os.host.handOver.handler(({ input, context }) => {
      if (context.caller.trust !== 'person') return refuse('not-allowed', 'cannot end the host from a page')
      // Answered first: closing ends the connection that the answer needs.
      setImmediate(() => void room.close(input.reason))
      return succeed(null)
    }),
  }
}
