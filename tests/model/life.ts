import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { protocolVersion } from '../../contract/api.ts'
import { Engine } from '../../master/engine/engine.ts'
import { Fleet } from '../../master/fleet/fleet.ts'
import type { ManualClock } from '../../master/fleet/fixtures/manualClock.ts'
import { defaultLimits } from '../../master/fleet/watchdog.ts'
import { makeRouter } from '../../master/host/api/router.ts'
import type { HomePaths } from '../../master/host/home.ts'
import type { ApiClient } from '../../master/host/host.ts'
import { Intake } from '../../master/host/intake.ts'
import { Mill } from '../../master/host/mill.ts'
import { PageForm } from '../../master/host/pageForm.ts'
import { Promises } from '../../master/host/promises.ts'
import type { Room } from '../../master/host/room.ts'
import { Scratch } from '../../master/host/scratch.ts'
import { takeUp } from '../../master/host/takeUp.ts'
import { makeTurns } from '../../master/host/turns.ts'
import type { FakeWorker } from './fakeWorker.ts'
import type { GatedStore } from './gatedStore.ts'
import { plans } from './kinds.ts'

/**
 * One host from its opening to its end, put together as master/host/openHost.ts does it, but for what belongs to the machine: its clock
 * stands until the test moves it, its workers are the test's, and it listens nowhere.
 */
export interface Life {
  mill: Mill
  fleet: Fleet
  store: GatedStore
  client: ApiClient
}

export interface LifeParts {
  paths: HomePaths
  store: GatedStore
  clock: ManualClock
  startWorker: (slot: number) => FakeWorker
  onBroken: (error: unknown) => void
}

export const cores = 3
/** A stuck worker is found out within a few steps of the clock. */
const noProgressMs = 10_000
const version = 'model'

export async function openLife(parts: LifeParts): Promise<Life> {
  const { clock, store, paths } = parts
  const { mill, fleet } = assemble(parts)
  await takeUp({
    engine: mill.engine,
    scratch: mill.scratch,
    store,
    plans,
    out: paths.out,
    now: () => clock.now(),
    insist: (act) => act(),
  })
  const router = makeRouter(await roomOf({ mill, fleet, store, paths, clock }))
  fleet.start()
  return { mill, fleet, store, client: createRouterClient(router, { context: { caller: { trust: 'person' } } }) }
}

function assemble({ paths, store, clock, startWorker, onBroken }: LifeParts): Pick<Life, 'mill' | 'fleet'> {
  const scratch = new Scratch(paths.scratch)
  const engine = new Engine({
    plans,
    hash: (text) => createHash('sha256').update(text).digest('hex').slice(0, 32),
    join,
    clock: () => clock.now(),
    random: () => 0.5,
    cores,
    memoryBytes: 8e9,
    crumb: (job, slot) => scratch.crumb(job, slot),
  })
  const fleet: Fleet = new Fleet({
    startWorker,
    size: cores,
    clock,
    limits: { ...defaultLimits, noProgressMs },
    events: {
      onReady: (slot, offer) => mill.ready(slot, offer),
      onOutcomes: (slot, job, outcomes) => mill.finished(slot, job, outcomes),
      onLost: (slot, loss) => mill.lost(slot, loss),
      onHeartbeat: (slot, heartbeat) => mill.heard(slot, heartbeat),
      onLog: () => undefined,
      onTrouble: (_, line) => onBroken(new Error(line)),
    },
  })
  const log = { info: () => undefined, error: (line: string) => onBroken(new Error(line)) }
  const tell = (sentence: string) => onBroken(new Error(sentence))
  const now = () => clock.now()
  const mill: Mill = new Mill({
    engine,
    store,
    fleet,
    scratch,
    out: paths.out,
    indexes: paths.indexes,
    log,
    now,
    tell,
    cores,
    onBroken,
  })
  return { mill, fleet }
}

interface RoomParts extends Pick<LifeParts, 'paths' | 'store' | 'clock'> {
  mill: Mill
  fleet: Fleet
}

async function roomOf({ mill, fleet, store, paths, clock }: RoomParts): Promise<Room> {
  const { scratch } = mill
  const now = () => clock.now()
  const promises = new Promises(mill.engine, plans)
  const removal = { store, scratch, feed: mill.feed, out: paths.out, spool: paths.spool }
  let lastNumber = await store.read.lastNumber()
  const { home } = paths
  const none = () => Promise.reject(new Error('the model test has no files that come in'))
  return {
    mill,
    store,
    removal,
    paths,
    scratch,
    plans,
    pageForm: new PageForm({ home, roots: [], chosenFolders: () => [] }),
    invite: () => null,
    info: { version, protocol: protocolVersion, pid: 0, mode: 'run', home, cores, roots: [], notes: [] },
    now,
    inTurn: makeTurns(),
    close: none,
    promises,
    keepText: none,
    sample: (asked) => fleet.sample(asked),
    intake: new Intake({
      kinds: plans.map((plan) => plan.kind),
      out: paths.out,
      spool: paths.spool,
      roots: [],
      versions: {},
      inspect: (path) => fleet.inspect(path),
      named: () => undefined,
      artifacts: none,
      isPromised: (path) => promises.has(path),
      now,
    }),
    enter(job, kept) {
      const entered = { ...job, number: ++lastNumber }
      mill.engine.submit(entered, now(), kept)
      return entered
    },
    takeUploads: () => undefined,
  }
}
