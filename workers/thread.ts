import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../contract/invariant.ts'
import { inspect } from '../datasets/inspect.ts'
import { ComputeLoop } from './computeLoop.ts'
import { mostTogether } from '../contract/needs.ts'
import type { FindRun } from './perform.ts'
import { makeSample } from './sample.ts'
import { SharedCounters } from './shared.ts'
import type { FromCompute, FromInspector, ThreadData, ToCompute, ToInspector } from './threadMessages.ts'

/** What a thread of a worker does, by the role that control gave it. An entry file calls this with its registry of runs, and is done. */
export function startThread(findRun: FindRun): void {
  invariant(parentPort !== null, 'a thread of a worker was started as a process')
  process.on('unhandledRejection', (reason) => {
    throw reason
  })
  const data = workerData as ThreadData
  if (data.role === 'compute') compute(parentPort, { findRun, memory: data.memory })
  else answerOnDemand(parentPort, findRun)
}

function compute(port: MessagePort, { findRun, memory }: { findRun: FindRun; memory: SharedArrayBuffer }): void {
  const post = (message: FromCompute) => port.postMessage(message)
  const lanes = Array.from({ length: mostTogether }, (_, lane) => new SharedCounters(memory, lane))
  const loop = new ComputeLoop({ findRun, lanes, post })
  port.on('message', (message: ToCompute) => void loop.take(message))
}

function answerOnDemand(port: MessagePort, findRun: FindRun): void {
  port.on('message', (message: ToInspector) => void answer(message, findRun).then((reply) => port.postMessage(reply)))
}

async function answer(asked: ToInspector, findRun: FindRun): Promise<FromInspector> {
  const { request } = asked
  if (asked.type === 'sample') return { type: 'sampled', request, reply: await makeSample(asked, findRun) }
  const { path, cellBytes, table, folders } = asked
  return { type: 'inspected', request, reply: await inspect(path, { cellBytes, table, folders }) }
}
