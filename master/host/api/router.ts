import type { ApiRouter } from '../host.ts'
import type { Room } from '../room.ts'
import { change } from './change.ts'
import { check } from './check.ts'
import { datasets } from './datasets.ts'
import { host } from './host.ts'
import { kinds } from './kinds.ts'
import { open } from './open.ts'
import { inPageForm } from './pages.ts'
import { read } from './read.ts'
import { recipes } from './recipes.ts'
import { remove } from './remove.ts'
import { rerun } from './rerun.ts'
import { retry } from './retry.ts'
import { steer } from './steer.ts'
import { submit } from './submit.ts'

/** The whole contract over one room. */
export function makeRouter(room: Room): ApiRouter {
  return inPageForm(room).router({
    host: host(room),
    kinds: kinds(room),
    recipes: recipes(room),
    datasets: datasets(room),
    jobs: {
      ...read(room),
      ...steer(room),
      ...open(room),
      submit: submit(room),
      check: check(room),
      retry: retry(room),
      rerun: rerun(room),
      remove: remove(room),
      change: change(room),
    },
  })
}
