import { expect, test } from 'vitest'
import { SharedCounters, TaskWindow, makeSharedMemory, mostOutstanding, ticketAfter } from './shared.ts'
import { TaskLedger } from './taskLedger.ts'

function both(): { ledger: TaskLedger; counters: SharedCounters } {
  const memory = makeSharedMemory()
  return { ledger: new TaskLedger(new TaskWindow(memory)), counters: new SharedCounters(memory) }
}

const order = (seq: number) => ({ seq, attempt: 1, from: seq, to: seq + 1 })

test('a task that was withdrawn can no longer be begun, and the other way round', () => {
  const { ledger, counters } = both()
  const first = ledger.hand(1, [order(0), order(1)])
  expect(counters.begin(first)).toBe(true)
  expect(ledger.cancel(1, undefined).map(({ seq }) => seq)).toEqual([1])
  expect(counters.begin(ticketAfter(first))).toBe(false)
  expect(counters.begin(first)).toBe(false)
})

test('a begun task is told to stop, and the next one is not', () => {
  const { ledger, counters } = both()
  const first = ledger.hand(1, [order(0)])
  expect(counters.isStopped()).toBe(false)
  counters.begin(first)
  expect(counters.isStopped()).toBe(false)
  ledger.cancel(2, undefined)
  ledger.cancel(1, [9])
  expect(counters.isStopped()).toBe(false)
  ledger.cancel(1, [0])
  expect(counters.isStopped()).toBe(true)
  counters.end()
  ledger.settle([first])
  counters.begin(ledger.hand(1, [order(1)]))
  expect(counters.isStopped()).toBe(false)
})

test('cancelling a task that has ended and is not yet answered leaves the running one alone', () => {
  const { ledger, counters } = both()
  const first = ledger.hand(1, [order(0), order(1)])
  counters.begin(first)
  counters.end()
  counters.begin(ticketAfter(first))
  ledger.cancel(1, [0])
  expect(counters.isStopped()).toBe(false)
})

test('what runs is told with what has been done of it alone', () => {
  const { ledger, counters } = both()
  const first = ledger.hand(3, [order(0), order(1)])
  expect(ledger.running()).toEqual([])
  counters.begin(first)
  counters.add(100, 5)
  counters.end()
  counters.begin(ticketAfter(first))
  counters.add(7, 1)
  counters.add(1, 1)
  expect(ledger.running()).toEqual([{ job: 3, seq: 1, attempt: 1, bytes: 8, rows: 2 }])
  counters.end()
  expect(ledger.running()).toEqual([])
})

test('tasks in lanes of their own are told each with its own figures, and one that got nowhere is stopped alone', () => {
  const memory = makeSharedMemory()
  const ledger = new TaskLedger(new TaskWindow(memory))
  const [one, other] = [new SharedCounters(memory, 0), new SharedCounters(memory, 1)]
  const first = ledger.hand(3, [order(0), order(1)])
  other.begin(ticketAfter(first))
  one.begin(first)
  one.add(10, 1)
  other.add(7, 2)
  expect(ledger.running()).toEqual([
    { job: 3, seq: 0, attempt: 1, bytes: 10, rows: 1 },
    { job: 3, seq: 1, attempt: 1, bytes: 7, rows: 2 },
  ])
  expect(ledger.cancel(3, [1], true)).toEqual([])
  expect([one.isStopped(), other.isStopped(), other.gotNowhere()]).toEqual([false, true, true])
  ledger.cancel(3, [0])
  expect([one.isStopped(), one.gotNowhere()]).toEqual([true, false])
})

test('tickets go round after as many tasks as the memory has places', () => {
  const { ledger, counters } = both()
  for (let batch = 0; batch < mostOutstanding / 4096 + 2; batch += 1) {
    const first = ledger.hand(
      1,
      Array.from({ length: 4096 }, (_, index) => order(index)),
    )
    const tickets = Array.from({ length: 4096 }, (_, index) => ticketAfter(first, index))
    expect(tickets.every((ticket) => counters.begin(ticket))).toBe(true)
    counters.end()
    ledger.settle(tickets)
  }
  const many = Array.from({ length: mostOutstanding + 1 }, (_, index) => order(index))
  expect(() => ledger.hand(1, many)).toThrow('more tasks than it can hold')
})
