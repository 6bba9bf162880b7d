/** `job:ID/NAME`, which stands for a file that an earlier job wrote wherever an input is named; a file of such a name is `./job:…`. */
export interface ArtifactWord {
  job: string
  name: string
}

export function artifactWord(word: string): ArtifactWord | undefined {
  const [, job, name] = /^job:([^/]+)\/(.+)$/s.exec(word) ?? []
  return job === undefined || name === undefined ? undefined : { job, name }
}
