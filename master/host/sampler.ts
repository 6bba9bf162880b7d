import type { Sample } from '../../contract/job.ts'
import type { RunningTask } from '../../contract/workerMessages.ts'
import type { Heartbeat } from '../fleet/workerSlot.ts'

/** What one worker has done, as its heartbeats and outcomes tell. */
interface Gauge {
  heartbeat: Heartbeat
  /** Bytes of finished attempts. */
  finishedBytes: number
  /** Of the sample before. */
  before: { at: number; bytes: number; cpuMs: number } | null
}

/** Turns heartbeats and outcomes into one figure per second and worker: memory, CPU, bytes per second. */
export class Sampler {
  readonly #gauges = new Map<number, Gauge>()

  heard(slot: number, heartbeat: Heartbeat): void {
    const gauge = this.#gauges.get(slot)
    if (gauge === undefined) this.#gauges.set(slot, { heartbeat, finishedBytes: 0, before: null })
    else gauge.heartbeat = heartbeat
  }

  finished(slot: number, bytes: number): void {
    const gauge = this.#gauges.get(slot)
    if (gauge === undefined) return
    gauge.finishedBytes += bytes
    // Until the next heartbeat its last words would count these bytes twice.
    gauge.heartbeat = { ...gauge.heartbeat, running: null, beside: [] }
  }

  lost(slot: number): void {
    this.#gauges.delete(slot)
  }

  /** Bytes done of the tasks of a job that run now. */
  underWay(job: number): number {
    let bytes = 0
    for (const { heartbeat } of this.#gauges.values())
      for (const task of tasksOf(heartbeat)) if (task.job === job) bytes += task.bytes
    return bytes
  }

  /** One sample per worker that is at a task, by job. */
  sample(at: number): Map<number, Sample[]> {
    const samples = new Map<number, Sample[]>()
    for (const [worker, gauge] of this.#gauges) {
      const { running, cpuMs, rssBytes } = gauge.heartbeat
      const bytes = gauge.finishedBytes + tasksOf(gauge.heartbeat).reduce((sum, task) => sum + task.bytes, 0)
      const { before } = gauge
      gauge.before = { at, bytes, cpuMs }
      if (running === null || before === null || at <= before.at) continue
      const seconds = (at - before.at) / 1000
      const sample = {
        at,
        worker,
        memoryBytes: rssBytes,
        cpuFraction: Math.max(0, (cpuMs - before.cpuMs) / 1000 / seconds),
        bytesPerSecond: Math.max(0, (bytes - before.bytes) / seconds),
      }
      samples.set(running.job, [...(samples.get(running.job) ?? []), sample])
    }
    return samples
  }
}

function tasksOf({ running, beside = [] }: Heartbeat): RunningTask[] {
  return running === null ? [] : [running, ...beside]
}
