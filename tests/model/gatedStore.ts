import type Database from 'better-sqlite3'
import type { Accepted, Transition } from '../../contract/ledger.ts'
import { type CommitReply, commitGroup } from '../../master/store/commitGroup.ts'
import { openForReading } from '../../master/store/database.ts'
import { reviveFailure } from '../../master/store/failures.ts'
import { openLedger } from '../../master/store/openLedger.ts'
import { answerQuestion, readerOver } from '../../master/store/read/questions.ts'
import type { Store } from '../../master/store/store.ts'

/**
 * The store on its real file, with its real writer and reader, in this thread: commits are grouped as the writing thread's owner groups
 * them, and wait at a gate that the test opens and closes. So a host can be killed before a group is written, and after.
 */
export interface GatedStore extends Store {
  /** While it is closed nothing is written. */
  gate: 'open' | 'closed'
  /** Commits that wait. */
  readonly waiting: number
  /** Resolves when a commit waits at the closed gate. */
  held(): Promise<void>
  /** What waits is written. */
  flush(): void
  /**
   * Nothing is written, answered or read any more; with `written` what waits was written before, and nobody heard of it. `image` is called
   * while the files are as the dead process has left them: its connections close after that, which tidies them up.
   */
  die(end: { written: boolean; image: () => void }): void
}

export interface StoreWatch {
  /** What was written, with what was accepted of it. */
  onWritten(transitions: readonly Transition[], accepted: readonly Accepted[]): void
}

interface Waiting {
  transitions: Transition[]
  settle: (reply: CommitReply) => void
}

export async function openGatedStore(
  place: { file: string; backups: string; now: number },
  watch: StoreWatch,
): Promise<GatedStore> {
  const { db, opening } = await openLedger(place)
  const reading = openForReading(place.file)
  return gatedStore({ db, reading, opening }, watch)
}

interface Opened {
  db: Database.Database
  reading: Database.Database
  opening: Store['opening']
}

function gatedStore({ db, reading, opening }: Opened, watch: StoreWatch): GatedStore {
  let waiting: Waiting[] = []
  let asked = false
  let dead = false
  let tellHeld: () => void = () => undefined
  const write = (): void => {
    asked = false
    const group = waiting
    waiting = []
    if (dead || group.length === 0) return
    const replies = commitGroup(
      db,
      group.map(({ transitions }) => transitions),
    )
    for (const [index, { transitions, settle }] of group.entries()) {
      const reply = replies[index]
      if (reply === undefined) throw new Error('a commit was not answered')
      if (reply.ok) watch.onWritten(transitions, reply.accepted)
      settle(reply)
    }
  }
  const store: GatedStore = {
    gate: 'open',
    get waiting() {
      return waiting.length
    },
    opening,
    read: readerOver(async (question) =>
      dead ? await new Promise(() => undefined) : answerQuestion(reading, question),
    ),
    commit: (transitions) =>
      new Promise((resolve, reject) => {
        if (dead) return
        waiting.push({
          transitions,
          settle: (reply) => {
            if (dead) return
            if (reply.ok) resolve(reply.accepted)
            else reject(reviveFailure(reply.failure))
          },
        })
        if (store.gate === 'closed') tellHeld()
        else if (!asked) queueMicrotask(write)
        asked ||= store.gate === 'open'
      }),
    held: () =>
      store.gate === 'closed' && waiting.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => (tellHeld = resolve)),
    flush: write,
    backUp: () => Promise.reject(new Error('the model test makes no backups')),
    die({ written, image }) {
      waiting = written ? waiting.map((each) => ({ ...each, settle: () => undefined })) : []
      write()
      image()
      end()
    },
    async close() {
      write()
      end()
    },
  }
  const end = (): void => {
    dead = true
    reading.close()
    db.close()
  }
  return store
}
