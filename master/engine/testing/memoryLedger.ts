import { invariant } from '../../../contract/invariant.ts'
import type {
  EndedAttempt,
  FinishedTask,
  LedgerJob,
  LedgerTask,
  MadeTask,
  Transition,
} from '../../../contract/ledger.ts'
import { isAllowed, jobTransitions, type TaskState, taskTransitions } from '../../../contract/transitions.ts'

/**
 * The smallest ledger that keeps what the engine records: the model beside the real store. Every change is held to the transition
 * tables, and outcomes to the fence.
 */
export class MemoryLedger {
  readonly jobs = new Map<
    number,
    LedgerJob & { finished: boolean; result: unknown; error: unknown; story: string[]; attemptsEnded: EndedAttempt[] }
  >()

  apply(transition: Transition): void {
    switch (transition.type) {
      case 'jobMade':
        this.jobs.set(transition.job.number, newJob(transition.job))
        break
      case 'jobMoved':
        this.#move(transition)
        break
      case 'jobRemoved':
        this.jobs.delete(transition.job)
        break
      case 'operationMade':
        this.#job(transition.job).operations.push({ ...transition.operation, answer: undefined })
        break
      case 'operationAnswered':
        this.#operation(transition.job, transition.operation).answer = transition.answer
        break
      case 'jobChanged':
        Object.assign(this.#job(transition.job).job, transition.fields)
        break
      case 'told':
        this.#job(transition.job).story.push(transition.event.type)
        break
      case 'attemptEnded':
        this.#job(transition.job).attemptsEnded.push(transition.attempt)
        break
      case 'artifactMade':
        this.#job(transition.job).artifacts.push(transition.artifact)
        break
      default:
        this.#applyToTasks(transition)
    }
  }

  /** What a new master reads. */
  ledger(number: number): LedgerJob {
    const job = structuredClone(this.#job(number))
    const isUnfinished = (seq: number) => ['pending', 'running'].includes(job.tasks[seq]?.state ?? '')
    // Numbers that an adopting job left out are holes.
    const tasks = job.tasks.filter(() => true)
    return { ...job, tasks, ended: job.attemptsEnded.filter(({ seq }) => isUnfinished(seq)) }
  }

  tasks(number: number): LedgerTask[] {
    return this.#job(number).tasks
  }

  #applyToTasks(transition: Transition): void {
    switch (transition.type) {
      case 'tasksMade':
        for (const task of transition.tasks)
          this.#job(transition.job).tasks[task.seq] = madeTask(transition.operation, task)
        break
      case 'tasksAdopted':
        for (const { answer, ...task } of transition.tasks) {
          const made = madeTask(transition.operation, task)
          this.#job(transition.job).tasks[task.seq] = { ...made, ...task, answer, state: 'succeeded' }
        }
        break
      case 'tasksStarted':
        for (const { seq, attempt } of transition.tasks) this.#toState(transition.job, seq, 'running').attempt = attempt
        this.#job(transition.job).attempts += transition.tasks.length
        break
      case 'tasksFinished':
        for (const task of transition.tasks) this.#finish(transition.job, task)
        break
      case 'tasksReturned':
        for (const { seq, fence } of transition.tasks) this.#reopen(transition.job, seq, fence)
        break
      default:
        this.#applyToWholes(transition)
    }
  }

  #applyToWholes(transition: Transition): void {
    switch (transition.type) {
      case 'tasksHalved':
        for (const { seq, halves } of transition.tasks) this.#halve(transition.job, seq, halves)
        break
      case 'tasksCancelled':
        for (const task of this.#inStates(transition.job, ['pending', 'running']))
          this.#toState(transition.job, task.seq, 'cancelled')
        break
      case 'tasksRevived':
        for (const task of this.#inStates(transition.job, ['failed', 'cancelled']))
          this.#reopen(transition.job, task.seq, task.attempt + 1)
        break
      default:
        break
    }
  }

  #finish(job: number, { seq, attempt, state, answer }: FinishedTask): void {
    const { fence, attempt: last } = this.#task(job, seq)
    invariant(
      attempt >= fence && attempt <= last,
      `attempt ${attempt} of task ${seq} is not within [${fence}, ${last}]`,
    )
    this.#toState(job, seq, state).answer = answer
  }

  #halve(job: number, seq: number, halves: readonly MadeTask[]): void {
    const whole = this.#toState(job, seq, 'replaced')
    invariant(
      halves[0]?.from === whole.from && halves.at(-1)?.to === whole.to,
      `the halves of task ${seq} are not its cells`,
    )
    for (const half of halves) this.#job(job).tasks[half.seq] = madeTask(whole.operation, half)
  }

  #inStates(job: number, states: readonly TaskState[]): LedgerTask[] {
    return this.tasks(job).filter((task) => states.includes(task.state))
  }

  #reopen(job: number, seq: number, fence: number): void {
    const task = this.#toState(job, seq, 'pending')
    task.fence = Math.max(task.fence, fence)
    task.answer = null
  }

  #move({ job: number, from, to, fields }: Extract<Transition, { type: 'jobMoved' }>): void {
    const job = this.#job(number)
    invariant(
      job.state === from && isAllowed(jobTransitions, from, to),
      `job ${number}: ${job.state} cannot become ${to} from ${from}`,
    )
    job.state = to
    job.startedAt = fields?.startedAt ?? job.startedAt
    job.finished = fields?.finishedAt != null
    job.result = fields?.result ?? job.result
    job.error = fields?.error ?? null
  }

  #toState(job: number, seq: number, to: TaskState): LedgerTask {
    const task = this.#task(job, seq)
    invariant(isAllowed(taskTransitions, task.state, to), `task ${seq}: ${task.state} cannot become ${to}`)
    task.state = to
    return task
  }

  #job(number: number) {
    const job = this.jobs.get(number)
    invariant(job !== undefined, `there is no job ${number}`)
    return job
  }

  #task(job: number, seq: number): LedgerTask {
    const task = this.tasks(job)[seq]
    invariant(task !== undefined, `job ${job} has no task ${seq}`)
    return task
  }

  #operation(job: number, id: string) {
    const operation = this.#job(job).operations.find((each) => each.id === id)
    invariant(operation !== undefined, `job ${job} has no operation ${id}`)
    return operation
  }
}

function newJob(job: LedgerJob['job']) {
  const nothing = {
    startedAt: null,
    operations: [],
    tasks: [],
    artifacts: [],
    rejects: 0,
    attempts: 0,
    partial: null,
    planMs: 0,
    ended: [],
  }
  return {
    job,
    state: 'queued' as const,
    ...nothing,
    finished: false,
    result: null as unknown,
    error: null as unknown,
    story: [] as string[],
    attemptsEnded: [] as EndedAttempt[],
  }
}

function madeTask(
  operation: string,
  { seq, from, to, args }: { seq: number; from: number; to: number; args?: LedgerTask['args'] },
): LedgerTask {
  const idle = {
    count: 1,
    attempt: 0,
    fence: 1,
    answer: null,
    bytes: 0,
    rows: 0,
    tailRows: 0,
    rejects: 0,
    startedAt: null,
    finishedAt: null,
    cpuMs: 0,
  }
  return { seq, operation, from, to, args, state: 'pending', ...idle }
}
