/**
 * The first schema. Never edited once released: what comes later is a migration of its own.
 *
 * A task's only key is `job * 2^31 + seq`, so that a job's tasks are one run of the table and need no index. States are the integers of
 * master/store/states.ts. What changes often (`jobs`, `tasks`) is kept apart from what is large (`requests`, `results`), because SQLite
 * rewrites whole rows. Counters in `jobs`, `stages` and `shares` are written in the same transaction as the tasks they count.
 */
export const firstSchema = `
CREATE TABLE jobs (
  -- AUTOINCREMENT keeps the highest number ever given, also of removed jobs.
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL COLLATE NOCASE UNIQUE,
  kind TEXT NOT NULL,
  state INTEGER NOT NULL,
  name TEXT NOT NULL,
  priority INTEGER NOT NULL,
  workers INTEGER,
  created_at REAL NOT NULL,
  started_at REAL,
  finished_at REAL,
  plan_ms REAL,
  total INTEGER NOT NULL DEFAULT 0,
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  replaced INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  rejects INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  rows INTEGER NOT NULL DEFAULT 0,
  work_ms REAL NOT NULL DEFAULT 0,
  merge_ms REAL NOT NULL DEFAULT 0,
  cpu_ms REAL NOT NULL DEFAULT 0,
  -- Samples are kept of the seconds that 2^sample_level divides.
  sample_level INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TABLE requests (
  job INTEGER PRIMARY KEY,
  kind_version INTEGER NOT NULL,
  out_dir TEXT,
  force INTEGER NOT NULL,
  split INTEGER,
  parent_id TEXT,
  host TEXT NOT NULL,
  versions TEXT NOT NULL,
  params TEXT NOT NULL,
  inputs TEXT NOT NULL
) STRICT;

CREATE TABLE results (
  job INTEGER PRIMARY KEY,
  result TEXT,
  error TEXT,
  partial TEXT
) STRICT;

CREATE TABLE operations (
  job INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  stage TEXT NOT NULL,
  hash TEXT NOT NULL,
  answer TEXT,
  PRIMARY KEY (job, ordinal),
  UNIQUE (job, id)
) STRICT;

CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  operation INTEGER NOT NULL,
  cell_from INTEGER NOT NULL,
  cell_to INTEGER NOT NULL,
  stage TEXT NOT NULL,
  worker INTEGER,
  started_at REAL,
  finished_at REAL,
  cpu_ms REAL NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  rows INTEGER NOT NULL DEFAULT 0,
  tail_rows INTEGER NOT NULL DEFAULT 0,
  rejects INTEGER NOT NULL DEFAULT 0,
  args TEXT,
  answer TEXT
) STRICT;
CREATE INDEX tasks_unfinished ON tasks (state) WHERE state < 2;

CREATE TABLE stages (
  job INTEGER NOT NULL,
  stage TEXT NOT NULL,
  total INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  busy_ms REAL NOT NULL,
  UNIQUE (job, stage)
) STRICT;

CREATE TABLE shares (
  job INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  tasks INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  busy_ms REAL NOT NULL,
  PRIMARY KEY (job, worker)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  task INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  started_at REAL,
  ended_at REAL NOT NULL,
  outcome TEXT NOT NULL,
  message TEXT,
  stack TEXT,
  exit_code INTEGER,
  signal TEXT,
  peak_memory_bytes INTEGER,
  log_tail TEXT,
  UNIQUE (task, attempt)
) STRICT;

CREATE TABLE artifacts (
  job INTEGER NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  rows INTEGER,
  UNIQUE (job, name)
) STRICT;

-- The key is what a second attempt of the same task tells again, so that nothing is set aside twice.
CREATE TABLE rejects (
  job INTEGER NOT NULL,
  input INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  piece INTEGER NOT NULL,
  record INTEGER NOT NULL,
  reason TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (job, input, offset, seq, piece, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  job INTEGER NOT NULL,
  at REAL NOT NULL,
  type TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_job ON events (job);

CREATE TABLE samples (
  job INTEGER NOT NULL,
  at REAL NOT NULL,
  worker INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  cpu_fraction REAL NOT NULL,
  bytes_per_second REAL NOT NULL,
  PRIMARY KEY (job, at, worker)
) STRICT, WITHOUT ROWID;

-- The distinct error texts of a job, for the search.
CREATE TABLE error_texts (
  job INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (job, text)
) STRICT, WITHOUT ROWID;

-- One row per job, its rowid the job's number; the texts themselves stand in the tables above.
CREATE VIRTUAL TABLE search USING fts5(
  name, kind, params, inputs, note, tags, errors,
  content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
);
`
