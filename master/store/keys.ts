/** The only key of `tasks`: the job's number in the high part, the task's in the low 31 bits. */
const tasksPerJob = 2 ** 31

export function taskId(job: number, seq: number): number {
  return job * tasksPerJob + seq
}

export function seqOf(id: number): number {
  return id % tasksPerJob
}

/** The ids of a job's tasks, both ends included. */
export function taskIds(job: number): { first: number; last: number } {
  return { first: taskId(job, 0), last: taskId(job, tasksPerJob - 1) }
}
