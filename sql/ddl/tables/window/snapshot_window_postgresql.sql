-- The window's ledger and its writers. The tables of a dataset (current, history, staging) are made by the program, from the
-- dataset's definition.
--
-- PostgreSQL 14 or later. Runs with `psql -v ON_ERROR_STOP=1 -1 -f`, as one JDBC statement and through Liquibase
-- (splitStatements=false). Run it again at will. All timestamps are UTC.

CREATE TABLE IF NOT EXISTS snapshot_ledger (
    dataset      VARCHAR(100) NOT NULL,
    batch_id     UUID NOT NULL,
    partition    VARCHAR(255) NOT NULL,
    date         TIMESTAMP NOT NULL,
    row_count    BIGINT NOT NULL DEFAULT 0,
    state        VARCHAR(10) NOT NULL,
    hash_spec_id VARCHAR(100),
    fingerprint  VARCHAR(64),
    archive_id   BIGINT,
    column_names TEXT[],
    column_types TEXT[],
    started_at   TIMESTAMP,
    sealed_at    TIMESTAMP,
    published_at TIMESTAMP,
    CONSTRAINT pk_snapshot_ledger PRIMARY KEY (dataset, batch_id)
);
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS carried_columns TEXT[];
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS attempt INTEGER NOT NULL DEFAULT 1;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS archive_awaited TEXT;

DO $upgrade$
BEGIN
    -- Ledgers from before snapshots that are gone stayed in them allow four states.
    IF NOT EXISTS (SELECT 1 FROM pg_constraint
                   WHERE conrelid = 'snapshot_ledger'::regclass AND conname = 'ck_snapshot_ledger_state'
                     AND pg_get_constraintdef(oid) LIKE '%UNDONE%') THEN
        ALTER TABLE snapshot_ledger DROP CONSTRAINT IF EXISTS ck_snapshot_ledger_state;
        ALTER TABLE snapshot_ledger ADD CONSTRAINT ck_snapshot_ledger_state
            CHECK (state IN ('STAGING', 'STAGED', 'CURRENT', 'PREVIOUS', 'UNDONE', 'REMOVED'));
    END IF;
END
$upgrade$;
CREATE UNIQUE INDEX IF NOT EXISTS ux_snapshot_ledger_current ON snapshot_ledger (dataset, partition) WHERE state = 'CURRENT';
-- Snapshots that are gone stay in the ledger; what the window shows is found without reading them.
CREATE INDEX IF NOT EXISTS ix_snapshot_ledger_state ON snapshot_ledger (dataset, state, partition);

CREATE TABLE IF NOT EXISTS snapshot_writer (
    dataset   VARCHAR(100) NOT NULL,
    partition VARCHAR(255) NOT NULL,
    fence     BIGINT NOT NULL,
    holder    TEXT NOT NULL,
    since     TIMESTAMP NOT NULL,
    CONSTRAINT pk_snapshot_writer PRIMARY KEY (dataset, partition)
);

COMMENT ON TABLE  snapshot_ledger              IS 'One row a snapshot that is, was or is about to be in the window; all times are UTC';
COMMENT ON COLUMN snapshot_ledger.dataset      IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_ledger.batch_id     IS 'Id of the snapshot';
COMMENT ON COLUMN snapshot_ledger.partition    IS 'Partition (customer_filter in the window)';
COMMENT ON COLUMN snapshot_ledger.date         IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN snapshot_ledger.row_count    IS 'Rows in it; 0 while it is being staged';
COMMENT ON COLUMN snapshot_ledger.state        IS 'STAGING or STAGED on its way, CURRENT or PREVIOUS in the window, UNDONE or REMOVED and without rows';
COMMENT ON COLUMN snapshot_ledger.attempt      IS 'Counts the saves of the batch id; one that was UNDONE may be saved again as the next attempt';
COMMENT ON COLUMN snapshot_ledger.hash_spec_id IS 'How its rows were hashed; NULL where a foreign writer made it';
COMMENT ON COLUMN snapshot_ledger.fingerprint  IS 'SHA-256 over identities and row hashes in order of the identity';
COMMENT ON COLUMN snapshot_ledger.archive_id   IS 'snapshot_archive.archive_id; NULL where there is none yet';
COMMENT ON COLUMN snapshot_ledger.archive_awaited IS 'Host and directory of the outbox where its file waits to be archived; NULL where none waits';
COMMENT ON COLUMN snapshot_ledger.column_names IS 'The source''s columns, in order; NULL where its rows are gone';
COMMENT ON COLUMN snapshot_ledger.column_types IS 'Their types, in the same order';
COMMENT ON COLUMN snapshot_ledger.carried_columns IS 'The columns whose text the window carried when it became current';
COMMENT ON COLUMN snapshot_ledger.started_at   IS 'When its staging began, UTC';
COMMENT ON COLUMN snapshot_ledger.sealed_at    IS 'When all its rows were staged, UTC';
COMMENT ON COLUMN snapshot_ledger.published_at IS 'When it became visible, UTC';
COMMENT ON TABLE  snapshot_writer              IS 'Who writes, or last wrote, to a partition; the lock itself is an advisory lock of the writer''s session';
COMMENT ON COLUMN snapshot_writer.dataset      IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_writer.partition    IS 'Partition; empty in the row that says which of the names that differ in case has the tables';
COMMENT ON COLUMN snapshot_writer.fence        IS 'Counts the writers; a writer whose number is no longer here has lost the lock';
COMMENT ON COLUMN snapshot_writer.holder       IS 'The writer: program, host, process';
COMMENT ON COLUMN snapshot_writer.since        IS 'When it took the lock, UTC';
