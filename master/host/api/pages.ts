import { z } from 'zod'
import type { JobPlaces } from '../pagePaths.ts'
import { os, type Room } from '../room.ts'

/** Around every verb: what is answered to a page has the page's form, whichever way the page came. Others get it as it is. */
export function inPageForm(room: Pick<Room, 'pageForm' | 'store'>) {
  return os.use(async ({ context, path, next }, input) => {
    const answered = await next()
    if (context.caller.trust === 'person') return answered
    return { ...answered, output: await room.pageForm.of(path, answered.output, () => askedJobs(room, input)) }
  })
}

const naming = z.object({ job: z.string().max(100) })
const namingInSources = z.object({ sources: z.array(z.unknown()) })

/** The jobs that a call is about, and those whose artifacts it names. */
async function askedJobs({ store }: Pick<Room, 'store'>, input: unknown): Promise<JobPlaces[]> {
  const sources = namingInSources.safeParse(input).data?.sources ?? []
  const names = new Set([input, ...sources].flatMap((each) => naming.safeParse(each).data?.job ?? []))
  const found = await Promise.all([...names].map((name) => store.read.find(name)))
  return found.flatMap((each) => (each.ok ? [each.value.job] : []))
}
