import { join } from 'node:path'
import { startControl } from '../control.ts'
import { parentChannel } from '../parentChannel.ts'

/** Entry of a worker for tests: the same control, over threads that know the fixture kinds. */
startControl({ channel: parentChannel(process), threadEntry: join(import.meta.dirname, 'compute.ts') })
