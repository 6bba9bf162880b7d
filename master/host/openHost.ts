import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { type HostInfo, protocolVersion } from '../../contract/api.ts'
import { type CommandResult, succeed } from '../../contract/commandError.ts'
import type { Artifact } from '../../contract/outcome.ts'
import { crashPoint } from '../../contract/crashPoint.ts'
import { Engine } from '../engine/engine.ts'
import { systemClock } from '../fleet/clock.ts'
import { Fleet, type FleetEvents } from '../fleet/fleet.ts'
import { openStore } from '../store/openStore.ts'
import type { Store } from '../store/store.ts'
import { makeRouter } from './api/router.ts'
import { type ChosenRegistry, openChosenFiles } from './chosenFiles.ts'
import { closeInOrder } from './closing.ts'
import { type HomePaths, homePaths } from './home.ts'
import type { Host, HostOptions } from './host.ts'
import { Insistence } from './insist.ts'
import { Intake, type Place } from './intake.ts'
import { Keeper } from './keeper.ts'
import type { Lock } from './lock.ts'
import { type HostLog, openLog } from './log.ts'
import { Mill } from './mill.ts'
import { PageForm } from './pageForm.ts'
import { Promises } from './promises.ts'
import { type RemovalParts, spooledOnRecord } from './removal.ts'
import { type InTurn, makeTurns } from './turns.ts'
import { retire } from './retire.ts'
import type { Room } from './room.ts'
import { Scratch } from './scratch.ts'
import { listenOnSocket, type SocketServer } from './socket.ts'
import { openSpool, type Spool } from './spool.ts'
import { takeUp } from './takeUp.ts'
import { Wheels } from './wheels.ts'
import { sharedMemory, workerLimits } from './workerLimits.ts'

const largestUploadBytes = 1024 ** 4
/** How long a worker may take to end when the host closes. */
const graceMs = 500

/**
 * Opens the master in this process, in a home that has been prepared (home.ts). The caller holds the home's lock and passes it on: it is released when the host closes. Jobs that
 * an earlier master left unfinished are taken up before anything new is accepted.
 */
export async function openHost(options: HostOptions, lock: Lock): Promise<Host> {
  const paths = homePaths(options.home)
  const log = openLog({ folder: paths.logs })
  const insist = insistenceOf(options, log)
  const store = await insist(() => openItsStore(options, paths, log))
  const info = await hostInfo(options, paths, store.opening.notes)
  const end = Promise.withResolvers<void>()
  const { mill, fleet } = makeMill({ options, paths, log, store, info, onBroken: (error) => end.reject(error) })
  await takeUp({
    engine: mill.engine,
    scratch: mill.scratch,
    store,
    plans: options.plans,
    out: paths.out,
    now: () => Date.now(),
    insist,
  })
  for (const { job } of mill.engine.runs.values())
    if (job.inputs[0]?.open !== undefined) await mill.openLists.open(job, await store.read.ledger(job.number))
  const spool = openSpool({ folder: paths.spool, maxBytes: largestUploadBytes })
  const chosen = openChosenFiles()
  await spool.sweep(await spooledOnRecord(store.read))

  const inTurn = makeTurns()
  const keeper = makeKeeper({ mill, paths, store, log, inTurn })
  const wheels = new Wheels(mill, (error) => log.logger.error(error, 'a turn of the wheel failed'))
  const running: Running = { mill, fleet, wheels, keeper, socket: null, store, log, lock }
  let closing: Promise<void> | null = null
  const close = (reason: string) => (closing ??= shut(running, reason).then(end.resolve, end.reject))
  // Who waits for the host's end is told why; everybody else must not go on waiting for a host that does nothing any more.
  end.promise.catch(() => close('it cannot go on'))
  const doorman: Doorman = { invite: () => null }
  const router = makeRouter(
    await makeRoom({ mill, store, fleet, spool, chosen, options, paths, info, inTurn, close, doorman }),
  )

  fleet.start()
  const onError = (error: unknown) => log.logger.error(error, 'a call failed')
  running.socket = await listenOnSocket({
    path: paths.socket,
    router,
    context: { caller: { trust: 'person' } },
    hello: info,
    onError,
  })
  wheels.start()
  keeper.start()
  void mill.turn()
  return hostOver(running, { info, router, uploads: spool, chosen, closed: end.promise, close }, doorman)
}

type Ready = Pick<Host, 'info' | 'router' | 'uploads' | 'chosen' | 'closed' | 'close'>

function hostOver(running: Running, ready: Ready, doorman: Doorman): Host {
  const { mill } = running
  return {
    ...ready,
    holdBack: (limit) => mill.holdBack(limit),
    inviteBy(invite) {
      doorman.invite = invite
    },
    get busy() {
      return [...mill.engine.runs.values()].some((run) => run.state !== 'paused')
    },
    get clients() {
      return running.socket?.connections ?? 0
    },
    client: (caller) => createRouterClient(ready.router, { context: { caller } }),
  }
}

interface Running {
  mill: Mill
  fleet: Fleet
  wheels: Wheels
  keeper: Keeper
  /** Null until it listens. */
  socket: SocketServer | null
  store: Store
  log: HostLog
  lock: Lock
}

/** The lock goes last: who cannot close in order keeps nobody out, and no two masters are ever at work. */
async function shut({ mill, fleet, wheels, keeper, socket, store, log, lock }: Running, reason: string): Promise<void> {
  log.logger.info({ reason }, 'closing')
  await closeInOrder(
    [
      () => wheels.stop(),
      () => mill.giveUpWaiting(),
      // Interrupted tasks are given back by the engine before the store closes: nothing is counted against them.
      () => fleet.close(graceMs),
      () => mill.turn(),
      () => mill.stop(),
      () => crashPoint('host-quiet'),
      () => mill.feed.close(),
      () => socket?.close(),
      () => keeper.stop(),
      () => store.close(),
      () => log.close(),
      () => lock.release(),
    ],
    (error) => log.logger.error(error, 'closing goes on after this'),
  )
}

async function hostInfo(options: HostOptions, paths: HomePaths, notes: string[]): Promise<HostInfo> {
  const roots = await Promise.all(options.roots.map((root) => realpath(root)))
  const cores = options.workers ?? availableParallelism()
  return {
    version: options.version,
    protocol: protocolVersion,
    pid: process.pid,
    mode: options.mode,
    home: paths.home,
    cores,
    roots,
    notes,
  }
}

/** How it opens where the disk is full: a host that is to stay waits; one that was opened for a command lets that command be refused. */
function insistenceOf({ mode, tell }: HostOptions, { logger }: HostLog): Insistence['until'] {
  if (mode !== 'serve' && mode !== 'background') return (act) => act()
  const say = (sentence: string) => {
    logger.warn(sentence)
    tell?.(sentence)
  }
  const insistence = new Insistence({
    onHeldUp: (why) =>
      say(why === null ? 'the ledger is open: going on' : `cannot open the ledger now; waiting for ${why}`),
  })
  return (act) => insistence.until(act)
}

async function openItsStore(options: HostOptions, paths: HomePaths, { logger }: HostLog): Promise<Store> {
  const store = await openStore({
    file: paths.database,
    backups: paths.backups,
    writerThread: options.storeWriter,
    readerThread: options.storeReader,
  })
  const { check, notes } = store.opening
  logger.info({ check }, 'the ledger is open')
  for (const note of notes) logger.warn(note)
  return store
}

interface MillSetUp {
  options: HostOptions
  paths: HomePaths
  log: HostLog
  store: Store
  info: HostInfo
  onBroken: (error: unknown) => void
}

function makeMill({ options, paths, log, store, info, onBroken }: MillSetUp): { mill: Mill; fleet: Fleet } {
  const { logger } = log
  const scratch = new Scratch(paths.scratch)
  const engine = new Engine({
    plans: options.plans,
    hash: hash16,
    join,
    clock: () => performance.now(),
    random: Math.random,
    cores: info.cores,
    memoryBytes: sharedMemory(memoryOfMachine()),
    crumb: (job, slot) => scratch.crumb(job, slot),
  })
  const fleet: Fleet = new Fleet({
    startWorker: options.startWorker,
    size: info.cores,
    clock: systemClock,
    limits: workerLimits(
      options.plans.map((plan) => plan.kind),
      { memoryBytes: memoryOfMachine(), cores: info.cores, env: process.env },
    ),
    events: fleetEvents(() => mill, logger),
  })
  const mill = new Mill({
    engine,
    store,
    fleet,
    scratch,
    out: paths.out,
    indexes: paths.indexes,
    cores: info.cores,
    log: logger,
    now: () => Date.now(),
    tell: (sentence) => {
      logger.warn(sentence)
      options.tell?.(sentence)
    },
    onBroken: (error) => {
      logger.fatal(error, 'the host cannot go on')
      onBroken(error)
    },
  })
  return { mill, fleet }
}

/** What workers tell goes to the mill, and what a person may want to look up to the log. */
function fleetEvents(mill: () => Mill, log: HostLog['logger']): FleetEvents {
  return {
    onReady: (slot, offer) => mill().ready(slot, offer),
    onOutcomes: (slot, job, outcomes) => mill().finished(slot, job, outcomes),
    onLost: (slot, loss) => {
      log.warn({ slot, loss }, 'worker lost')
      mill().lost(slot, loss)
    },
    onHeartbeat: (slot, heartbeat) => mill().heard(slot, heartbeat),
    onLog: (slot, level, line) => log[level]({ slot }, line),
    onTrouble: (slot, line) => log.error({ slot }, line),
  }
}

/** Less than the machine has where a container or a control group says so. */
function memoryOfMachine(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
}

function removalOf(mill: Mill, store: Store, paths: HomePaths): RemovalParts {
  return { store, scratch: mill.scratch, feed: mill.feed, out: paths.out, spool: paths.spool }
}

interface KeeperSetUp {
  inTurn: InTurn
  mill: Mill
  paths: HomePaths
  store: Store
  log: HostLog
}

function makeKeeper({ mill, paths, store, inTurn, log: { logger: log } }: KeeperSetUp): Keeper {
  const now = () => Date.now()
  const removal = removalOf(mill, store, paths)
  return new Keeper({
    store,
    backups: paths.backups,
    retire: () => inTurn(() => retire({ removal, paths, log, now })),
    log,
    now,
  })
}

/** Who lets browsers in, once the dashboard is shown in one. */
interface Doorman {
  invite: () => string | null
}

interface RoomSetUp {
  doorman: Doorman
  mill: Mill
  store: Store
  fleet: Fleet
  spool: Spool
  chosen: ChosenRegistry
  options: HostOptions
  paths: HomePaths
  info: HostInfo
  inTurn: InTurn
  close: (reason: string) => Promise<void>
}

async function makeRoom(parts: RoomSetUp): Promise<Room> {
  const { mill, store, fleet, spool, chosen, options, paths, info, inTurn, close, doorman } = parts
  let lastNumber = await store.read.lastNumber()
  return {
    mill,
    store,
    removal: removalOf(mill, store, paths),
    paths,
    scratch: mill.scratch,
    plans: options.plans,
    info,
    pageForm: new PageForm({ home: paths.home, roots: info.roots, chosenFolders: () => chosen.folders }),
    now: () => Date.now(),
    inTurn,
    close,
    promises: new Promises(mill.engine, options.plans),
    invite: () => doorman.invite(),
    keepText: (text) => spool.keepText(text),
    intake: makeIntake(parts),
    sample: (asked) => fleet.sample(asked),
    enter: (job, kept) => {
      const entered = { ...job, number: ++lastNumber }
      mill.engine.submit(entered, Date.now(), kept)
      return entered
    },
    takeUploads: (sources) => {
      for (const source of sources) if (source.type === 'upload') spool.hand(source.token)
    },
  }
}

function makeIntake({ mill, store, fleet, spool, chosen, options, paths, info }: RoomSetUp): Intake {
  const promises = new Promises(mill.engine, options.plans)
  return new Intake({
    kinds: options.plans.map((plan) => plan.kind),
    out: paths.out,
    spool: paths.spool,
    roots: info.roots,
    versions: { gristmill: options.version, node: process.versions.node },
    inspect: (path, options) => fleet.inspect(path, options),
    named: (token) => chosen.find(token) ?? uploaded(spool, token),
    artifacts: (job) => artifactsOf(store, job),
    isPromised: (path) => promises.has(path),
    now: () => Date.now(),
  })
}

async function artifactsOf(store: Store, job: string): Promise<CommandResult<Artifact[]>> {
  const found = await store.read.find(job)
  return found.ok ? succeed(await store.read.artifacts(found.value.number)) : found
}

function uploaded(spool: Spool, token: string): Place | undefined {
  const file = spool.find(token)
  return file === null ? undefined : { path: file.path, name: file.name, spooled: true }
}

/** Ids of operations: 16 bytes are far from any collision among the yields of a plan. */
function hash16(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
