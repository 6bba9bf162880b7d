import type { TestKernels, Verdicts } from './testRequests.ts'

/** The functions of assembly/ that compare fields with constants, as they are called. */
export interface TestExports {
  testNumbers(...words: number[]): void
  testTexts(...words: number[]): void
}

export function wasmTestKernels(exports: TestExports): TestKernels {
  return {
    testNumbers({ bytes, starts, ends, nulls, count, notation, verdicts, constant, states }) {
      const { decimal, thousands } = notation
      const fields = [bytes.at, starts.at, ends.at, nulls.at, count]
      exports.testNumbers(...fields, decimal, thousands ?? -1, packed(verdicts), constant, states.at)
    },
    testTexts({ bytes, starts, ends, nulls, count, verdicts, constant, states }) {
      const fields = [bytes.at, starts.at, ends.at, nulls.at, count]
      exports.testTexts(...fields, constant.at, constant.length, packed(verdicts), states.at)
    },
  }
}

const packed = ({ less, equal, greater, nothing }: Verdicts): number =>
  less | (equal << 2) | (greater << 4) | (nothing << 6)
