import { join } from 'node:path'
import { startControl } from './control.ts'
import { parentChannel } from './parentChannel.ts'

/** Entry of a worker process: its main thread is control. The build puts both entries into one folder. */
startControl({ channel: parentChannel(process), threadEntry: join(import.meta.dirname, 'compute.js') })
