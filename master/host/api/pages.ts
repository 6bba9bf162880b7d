import { z } from 'zod'
import type { Job } from '../../../contract/job.ts'
import { os, type Room } from '../room.ts'

const aboutJobSchema = z.object({ job: z.string().max(100) })

/** Around every verb: what is answered to a page has the page's form, whichever way the page came. Others get it as it is. */
export function inPageForm(room: Pick<Room, 'pageForm' | 'store'>) {
  return os.use(async ({ context, path, next }, input) => {
    const answered = await next()
    if (context.caller.trust === 'person') return answered
    return { ...answered, output: await room.pageForm.of(path, answered.output, () => askedJob(room, input)) }
  })
}

async function askedJob({ store }: Pick<Room, 'store'>, input: unknown): Promise<Job | null> {
  const about = aboutJobSchema.safeParse(input)
  if (!about.success) return null
  const found = await store.read.find(about.data.job)
  return found.ok ? found.value.job : null
}
