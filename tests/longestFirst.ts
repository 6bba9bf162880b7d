import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Vitest's order of files for a fresh clone, which knows no durations yet: the largest first. These are smaller than they are long, and
 * would keep one process busy when the others are done.
 */
const long = ['wordCount', 'tables', 'convert', 'blame', 'standby', 'manyTasks', 'idleHost'].map(
  (name) => `/${name}.test.ts`,
)

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => long.some((name) => moduleId.endsWith(name))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
