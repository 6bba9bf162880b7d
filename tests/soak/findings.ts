/** What a soak has done and found, gathered by everyone who takes part. */
export class Findings {
  readonly done = {
    killedWorkers: 0,
    killedHosts: 0,
    stoppedWorkers: 0,
    /** Stopped for longer than the fleet takes silence. */
    silencedWorkers: 0,
    stoppedHosts: 0,
    fullDisks: 0,
    handovers: 0,
    cancels: 0,
    pauses: 0,
    retries: 0,
    reruns: 0,
  }
  /** Jobs, cells, records and announcements that should be there and are not. */
  lost = 0
  /** Jobs, cells and records that are there more than once. */
  doubled = 0
  /** A sentence each; any of them fails the soak. */
  readonly faults: string[] = []

  fault(sentence: string): void {
    this.faults.push(sentence)
  }

  lose(sentence: string, count = 1): void {
    this.lost += count
    this.fault(`lost: ${sentence}`)
  }

  double(sentence: string, count = 1): void {
    this.doubled += count
    this.fault(`doubled: ${sentence}`)
  }
}
