-- The archive: every full snapshot as one Parquet file, with what is known of it.
--
-- PostgreSQL 14 or later. Runs with `psql -v ON_ERROR_STOP=1 -1 -f`, as one JDBC statement and through Liquibase
-- (splitStatements=false). Run it again at will: it adds what is missing, to a table that the Python pipeline made
-- too, and keeps every row. All timestamps are UTC.
--
-- Triggers keep what history rests on, whoever writes: every new row joins the chain of its partition, a held row is not
-- deleted, and of a deleted row a tombstone remains. Their functions run with the rights of who runs this script, so
-- that a writer needs rights on snapshot_archive alone. Nobody who is not trusted may create objects in this schema.

CREATE TABLE IF NOT EXISTS snapshot_archive (
    archive_id        BIGSERIAL PRIMARY KEY,
    snapshot_date     TIMESTAMP NOT NULL,
    customer_filter   VARCHAR(255) NOT NULL DEFAULT 'ALL',
    batch_id          UUID,
    records_count     BIGINT,
    source_database   VARCHAR(100) NOT NULL DEFAULT 'ORDERS',
    source_table      VARCHAR(255) NOT NULL DEFAULT 'ORDERS_UNIFIED',
    parquet_data      BYTEA NOT NULL,
    parquet_size      BIGINT,
    compression_ratio DECIMAL(5, 2),
    original_columns  INTEGER,
    schema_hash       VARCHAR(64),
    file_checksum     VARCHAR(64),
    created_at        TIMESTAMP DEFAULT (now() AT TIME ZONE 'UTC'),
    created_by        VARCHAR(100) DEFAULT CURRENT_USER,
    retention_until   DATE,
    tags              JSONB,
    CONSTRAINT uq_snapshot_archive_date UNIQUE (snapshot_date, customer_filter, source_table)
);

-- What the pipeline's table lacks. Each column may be NULL, so that its INSERT goes on as it is.
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS sha256            VARCHAR(64);
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS uncompressed_size BIGINT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS hash_spec_id      VARCHAR(100);
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS fingerprint       VARCHAR(64);
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS chunk_bytes       INTEGER;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS chunk_count       INTEGER;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS hold_reason       TEXT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS hold_owner        TEXT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS hold_until        DATE;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS rows_new          BIGINT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS rows_changed      BIGINT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS rows_unchanged    BIGINT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS rows_deleted      BIGINT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS chunks_sha256     VARCHAR(64);
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS chain_no          BIGINT;
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS previous_digest   VARCHAR(64);
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS record_digest     VARCHAR(64);
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS attempt           INTEGER;
-- What other writers store is published at once. The program sets the mark when its snapshot is visible.
ALTER TABLE snapshot_archive ADD COLUMN IF NOT EXISTS published         BOOLEAN NOT NULL DEFAULT TRUE;

DO $upgrade$
BEGIN
    -- A snapshot may have more rows than an INTEGER counts. The table is rewritten, so only where it has to be. A view
    -- over the column forbids it; the view stays, and counts up to two thousand million go on fitting.
    IF EXISTS (SELECT 1 FROM pg_attribute
               WHERE attrelid = 'snapshot_archive'::regclass AND attname = 'records_count'
                 AND atttypid = 'integer'::regtype) THEN
        BEGIN
            ALTER TABLE snapshot_archive ALTER COLUMN records_count TYPE BIGINT;
        EXCEPTION WHEN feature_not_supported THEN
            RAISE WARNING 'snapshot_archive.records_count stays an INTEGER: %', SQLERRM
                USING HINT = 'Drop what depends on the column, run this script again, and make it anew.';
        END;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_constraint
                   WHERE conrelid = 'snapshot_archive'::regclass AND conname = 'ck_snapshot_archive_changes') THEN
        ALTER TABLE snapshot_archive ADD CONSTRAINT ck_snapshot_archive_changes
            CHECK (num_nulls(rows_new, rows_changed, rows_unchanged, rows_deleted) IN (0, 4)
                   AND least(rows_new, rows_changed, rows_unchanged, rows_deleted) >= 0);
    END IF;
    -- Parquet is compressed already; EXTERNAL lets substring() read a range without reading what is before it. Values
    -- that are there keep the form they were stored in.
    IF EXISTS (SELECT 1 FROM pg_attribute
               WHERE attrelid = 'snapshot_archive'::regclass AND attname = 'parquet_data' AND attstorage <> 'e') THEN
        ALTER TABLE snapshot_archive ALTER COLUMN parquet_data SET STORAGE EXTERNAL;
    END IF;
    -- A UNIQUE of the three columns, whatever its name.
    IF NOT EXISTS (
        SELECT 1 FROM pg_index i
        WHERE i.indrelid = 'snapshot_archive'::regclass AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
          AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text) FROM pg_attribute a
               WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]))
              = ARRAY['customer_filter', 'snapshot_date', 'source_table']) THEN
        ALTER TABLE snapshot_archive
            ADD CONSTRAINT uq_snapshot_archive_date UNIQUE (snapshot_date, customer_filter, source_table);
    END IF;
END
$upgrade$;

CREATE INDEX IF NOT EXISTS ix_snapshot_archive_date           ON snapshot_archive (snapshot_date);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_partition_date ON snapshot_archive (customer_filter, snapshot_date);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_batch          ON snapshot_archive (batch_id);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_retention      ON snapshot_archive (retention_until);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_tags           ON snapshot_archive USING GIN (tags);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_chain          ON snapshot_archive (source_table, customer_filter, chain_no);
-- One archive a batch, of those that have a fingerprint: the pipeline's rows have none and may repeat a batch.
CREATE UNIQUE INDEX IF NOT EXISTS ux_snapshot_archive_batch ON snapshot_archive (batch_id) WHERE fingerprint IS NOT NULL;

CREATE TABLE IF NOT EXISTS snapshot_archive_chunk (
    archive_id BIGINT NOT NULL REFERENCES snapshot_archive (archive_id) ON DELETE CASCADE,
    chunk_no   INTEGER NOT NULL,
    sha256     VARCHAR(64) NOT NULL,
    data       BYTEA NOT NULL,
    PRIMARY KEY (archive_id, chunk_no)
);
ALTER TABLE snapshot_archive_chunk ALTER COLUMN data SET STORAGE EXTERNAL;

-- The end of each partition's chain. Its row is locked by whoever appends, so that appends to one partition take turns
-- and two partitions do not wait for each other.
CREATE TABLE IF NOT EXISTS snapshot_archive_chain (
    source_table    VARCHAR(255) NOT NULL,
    customer_filter VARCHAR(255) NOT NULL,
    chain_no        BIGINT NOT NULL,
    digest          VARCHAR(64) NOT NULL,
    PRIMARY KEY (source_table, customer_filter)
);

CREATE TABLE IF NOT EXISTS snapshot_archive_tombstone (
    tombstone_id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    removed_at        TIMESTAMP NOT NULL,
    removed_by        TEXT NOT NULL,
    removal_reason    TEXT,
    archive_id        BIGINT NOT NULL,
    snapshot_date     TIMESTAMP NOT NULL,
    customer_filter   VARCHAR(255) NOT NULL,
    batch_id          UUID,
    records_count     BIGINT,
    source_database   VARCHAR(100) NOT NULL,
    source_table      VARCHAR(255) NOT NULL,
    parquet_size      BIGINT,
    compression_ratio DECIMAL(5, 2),
    original_columns  INTEGER,
    schema_hash       VARCHAR(64),
    file_checksum     VARCHAR(64),
    created_at        TIMESTAMP,
    created_by        VARCHAR(100),
    retention_until   DATE,
    tags              JSONB,
    sha256            VARCHAR(64),
    uncompressed_size BIGINT,
    hash_spec_id      VARCHAR(100),
    fingerprint       VARCHAR(64),
    chunk_bytes       INTEGER,
    chunk_count       INTEGER,
    chunks_sha256     VARCHAR(64),
    hold_owner        TEXT,
    hold_reason       TEXT,
    hold_until        DATE,
    rows_new          BIGINT,
    rows_changed      BIGINT,
    rows_unchanged    BIGINT,
    rows_deleted      BIGINT,
    chain_no          BIGINT,
    previous_digest   VARCHAR(64),
    record_digest     VARCHAR(64)
);
ALTER TABLE snapshot_archive_tombstone ADD COLUMN IF NOT EXISTS attempt INTEGER;
ALTER TABLE snapshot_archive_tombstone ADD COLUMN IF NOT EXISTS published BOOLEAN;
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_tombstone_batch ON snapshot_archive_tombstone (batch_id);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_tombstone_chain
    ON snapshot_archive_tombstone (source_table, customer_filter, chain_no);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_tombstone_archive ON snapshot_archive_tombstone (archive_id);

CREATE TABLE IF NOT EXISTS snapshot_archive_redaction (
    source_table    VARCHAR(255) NOT NULL,
    customer_filter VARCHAR(255) NOT NULL,
    chain_no        BIGINT NOT NULL,
    previous_digest VARCHAR(64) NOT NULL,
    digest          VARCHAR(64) NOT NULL,
    archive_id      BIGINT NOT NULL,
    replaced_digest VARCHAR(64) NOT NULL,
    record_digest   VARCHAR(64) NOT NULL,
    redacted_at     TIMESTAMP NOT NULL,
    redacted_by     TEXT NOT NULL,
    reason          TEXT NOT NULL,
    erased_rows     BIGINT NOT NULL,
    PRIMARY KEY (source_table, customer_filter, chain_no)
);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_redaction_archive ON snapshot_archive_redaction (archive_id);

-- Tags are no part of a record's digest, so that they may change; a trigger notes every later change of one.
CREATE TABLE IF NOT EXISTS snapshot_archive_tag_note (
    note_id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    noted_at        TIMESTAMP NOT NULL,
    noted_by        TEXT NOT NULL,
    archive_id      BIGINT NOT NULL,
    source_table    VARCHAR(255) NOT NULL,
    customer_filter VARCHAR(255) NOT NULL,
    tag_name        TEXT NOT NULL,
    value_before    TEXT,
    value_after     TEXT
);
CREATE INDEX IF NOT EXISTS ix_snapshot_archive_tag_note_partition
    ON snapshot_archive_tag_note (source_table, customer_filter, noted_at);

-- All that turns the snapshot of one archive into that of the next. A record outlives its bytes, as a link of the chain.
CREATE TABLE IF NOT EXISTS snapshot_change_set (
    change_set_no   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    archive_id      BIGINT NOT NULL,
    base_archive_id BIGINT NOT NULL,
    source_table    VARCHAR(255) NOT NULL,
    customer_filter VARCHAR(255) NOT NULL,
    snapshot_date   TIMESTAMP NOT NULL,
    rows_new        BIGINT NOT NULL,
    rows_changed    BIGINT NOT NULL,
    rows_touched    BIGINT NOT NULL,
    rows_deleted    BIGINT NOT NULL,
    data            BYTEA,
    data_size       BIGINT NOT NULL,
    sha256          VARCHAR(64) NOT NULL,
    filter          BYTEA,
    filter_sha256   VARCHAR(64) NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    chain_no        BIGINT NOT NULL,
    previous_digest VARCHAR(64) NOT NULL,
    record_digest   VARCHAR(64) NOT NULL,
    removed_at      TIMESTAMP,
    removed_by      TEXT,
    removed_for     TEXT,
    CONSTRAINT ck_snapshot_change_set_removal
        CHECK (num_nulls(removed_at, removed_by, removed_for) = CASE WHEN data IS NULL THEN 0 ELSE 3 END
               AND (data IS NULL) = (filter IS NULL)),
    CONSTRAINT ck_snapshot_change_set_counts
        CHECK (least(rows_new, rows_changed, rows_touched, rows_deleted) >= 0)
);
ALTER TABLE snapshot_change_set ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE snapshot_change_set ALTER COLUMN filter SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX IF NOT EXISTS ux_snapshot_change_set_archive
    ON snapshot_change_set (archive_id) WHERE removed_at IS NULL;
CREATE INDEX IF NOT EXISTS ix_snapshot_change_set_base
    ON snapshot_change_set (base_archive_id) WHERE removed_at IS NULL;
CREATE INDEX IF NOT EXISTS ix_snapshot_change_set_date
    ON snapshot_change_set (source_table, customer_filter, snapshot_date) WHERE removed_at IS NULL;
CREATE INDEX IF NOT EXISTS ix_snapshot_change_set_chain ON snapshot_change_set (source_table, customer_filter, chain_no);

COMMENT ON TABLE  snapshot_archive                   IS 'Every full snapshot as one Parquet file; all times are UTC';
COMMENT ON COLUMN snapshot_archive.archive_id        IS 'Number of the archive; the window''s parquet_archive_id';
COMMENT ON COLUMN snapshot_archive.snapshot_date     IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN snapshot_archive.customer_filter   IS 'Partition; ALL is the whole table';
COMMENT ON COLUMN snapshot_archive.batch_id          IS 'Id of the snapshot; the key that makes saving it again safe';
COMMENT ON COLUMN snapshot_archive.records_count     IS 'Rows in the snapshot';
COMMENT ON COLUMN snapshot_archive.source_database   IS 'Database that the source table lives in';
COMMENT ON COLUMN snapshot_archive.source_table      IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_archive.parquet_data      IS 'The file; empty where it is kept in snapshot_archive_chunk';
COMMENT ON COLUMN snapshot_archive.parquet_size      IS 'Bytes of the file';
COMMENT ON COLUMN snapshot_archive.compression_ratio IS 'Compressed by uncompressed size; NULL where unknown or 1000 and more';
COMMENT ON COLUMN snapshot_archive.original_columns  IS 'Columns of the source';
COMMENT ON COLUMN snapshot_archive.schema_hash       IS 'Hash of the names and types of the source''s columns';
COMMENT ON COLUMN snapshot_archive.file_checksum     IS 'MD5 of the file in lower-case hex, for existing readers';
COMMENT ON COLUMN snapshot_archive.created_at        IS 'When it was archived, UTC';
COMMENT ON COLUMN snapshot_archive.created_by        IS 'Database user who archived it';
COMMENT ON COLUMN snapshot_archive.retention_until   IS 'First day on which it may be removed';
COMMENT ON COLUMN snapshot_archive.tags              IS 'What users and pipelines note with it: a JSON object';
COMMENT ON COLUMN snapshot_archive.sha256            IS 'SHA-256 of the file in lower-case hex';
COMMENT ON COLUMN snapshot_archive.uncompressed_size IS 'Bytes of the encoded columns before compression';
COMMENT ON COLUMN snapshot_archive.hash_spec_id      IS 'How the rows were hashed';
COMMENT ON COLUMN snapshot_archive.fingerprint       IS 'SHA-256 over identities and row hashes in order of the identity';
COMMENT ON COLUMN snapshot_archive.chunk_bytes       IS 'Bytes of each chunk but the last; NULL where the file is in parquet_data';
COMMENT ON COLUMN snapshot_archive.chunk_count       IS 'Number of chunks; NULL where the file is in parquet_data';
COMMENT ON COLUMN snapshot_archive.hold_reason       IS 'Why it must not be removed; NULL: it is not on hold';
COMMENT ON COLUMN snapshot_archive.hold_owner        IS 'Who holds it';
COMMENT ON COLUMN snapshot_archive.hold_until        IS 'First day, UTC, on which the hold is over; NULL: until hold_reason is NULL';
COMMENT ON COLUMN snapshot_archive.rows_new          IS 'Rows that the snapshot before it did not have; NULL where its writer did not know';
COMMENT ON COLUMN snapshot_archive.rows_changed      IS 'Rows that changed from the snapshot before it; NULL as rows_new';
COMMENT ON COLUMN snapshot_archive.rows_unchanged    IS 'Rows that are as in the snapshot before it; NULL as rows_new';
COMMENT ON COLUMN snapshot_archive.rows_deleted      IS 'Rows that only the snapshot before it had; NULL as rows_new';
COMMENT ON COLUMN snapshot_archive.chunks_sha256     IS 'SHA-256 of the chunks'' digests, in lower-case hex and in order; NULL where the file is in parquet_data';
COMMENT ON COLUMN snapshot_archive.chain_no          IS 'Position in the chain of its partition, from 1; set by a trigger';
COMMENT ON COLUMN snapshot_archive.previous_digest   IS 'Digest of the link before it, 64 zeros for the first; set by a trigger';
COMMENT ON COLUMN snapshot_archive.record_digest     IS 'SHA-256 of this record and previous_digest (snapshot_archive_record_digest, form 2, or 1 of a record from before it); set by a trigger';
COMMENT ON COLUMN snapshot_archive.attempt           IS 'Which of the window''s attempts at the batch id stored it, from 1; NULL counts as 1';
COMMENT ON COLUMN snapshot_archive.published         IS 'Whether its snapshot became visible in the window; FALSE: its save is under way or was interrupted';
COMMENT ON TABLE  snapshot_archive_chunk             IS 'Parts of files that are too large for one value, in order';
COMMENT ON COLUMN snapshot_archive_chunk.archive_id  IS 'The archive that the part belongs to';
COMMENT ON COLUMN snapshot_archive_chunk.chunk_no    IS 'Position of the part, from 0';
COMMENT ON COLUMN snapshot_archive_chunk.sha256      IS 'SHA-256 of the part in lower-case hex';
COMMENT ON COLUMN snapshot_archive_chunk.data        IS 'The part';
COMMENT ON TABLE  snapshot_archive_chain                 IS 'End of each partition''s chain of archives and redactions; kept by triggers';
COMMENT ON COLUMN snapshot_archive_chain.source_table    IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_archive_chain.customer_filter IS 'Partition';
COMMENT ON COLUMN snapshot_archive_chain.chain_no        IS 'Number of the newest link, which is the number of links';
COMMENT ON COLUMN snapshot_archive_chain.digest          IS 'Digest with which the newest link joined';
COMMENT ON TABLE  snapshot_archive_tombstone                IS 'What remains of removed archives: all that was known but the bytes; written by a trigger';
COMMENT ON COLUMN snapshot_archive_tombstone.tombstone_id   IS 'Number of the tombstone';
COMMENT ON COLUMN snapshot_archive_tombstone.removed_at     IS 'When it was removed, UTC';
COMMENT ON COLUMN snapshot_archive_tombstone.removed_by     IS 'Database user who removed it';
COMMENT ON COLUMN snapshot_archive_tombstone.removal_reason IS 'Setting hybrid_snapshots.removal_reason of the transaction; NULL where it said nothing';
COMMENT ON TABLE  snapshot_archive_redaction                 IS 'Archives that were rewritten without some rows: links of the chain that name no row';
COMMENT ON COLUMN snapshot_archive_redaction.source_table    IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_archive_redaction.customer_filter IS 'Partition';
COMMENT ON COLUMN snapshot_archive_redaction.chain_no        IS 'Position in the chain of the partition; set by a trigger';
COMMENT ON COLUMN snapshot_archive_redaction.previous_digest IS 'Digest of the link before it; set by a trigger';
COMMENT ON COLUMN snapshot_archive_redaction.digest          IS 'SHA-256 of this record (snapshot_archive_redaction_digest); set by a trigger';
COMMENT ON COLUMN snapshot_archive_redaction.archive_id      IS 'The archive that was rewritten';
COMMENT ON COLUMN snapshot_archive_redaction.replaced_digest IS 'record_digest of the archive before';
COMMENT ON COLUMN snapshot_archive_redaction.record_digest   IS 'record_digest of the archive afterwards';
COMMENT ON COLUMN snapshot_archive_redaction.redacted_at     IS 'When, UTC; set by a trigger';
COMMENT ON COLUMN snapshot_archive_redaction.redacted_by     IS 'Database user; set by a trigger';
COMMENT ON COLUMN snapshot_archive_redaction.reason          IS 'Why, for example the number of an erasure request';
COMMENT ON COLUMN snapshot_archive_redaction.erased_rows     IS 'Rows that were erased';
COMMENT ON TABLE  snapshot_archive_tag_note                 IS 'Tags that were set, replaced or removed after their archive was stored; written by a trigger';
COMMENT ON COLUMN snapshot_archive_tag_note.note_id         IS 'Number of the note';
COMMENT ON COLUMN snapshot_archive_tag_note.noted_at        IS 'When, UTC';
COMMENT ON COLUMN snapshot_archive_tag_note.noted_by        IS 'Database user';
COMMENT ON COLUMN snapshot_archive_tag_note.archive_id      IS 'The archive; it may have been removed since';
COMMENT ON COLUMN snapshot_archive_tag_note.source_table    IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_archive_tag_note.customer_filter IS 'Partition';
COMMENT ON COLUMN snapshot_archive_tag_note.tag_name        IS 'Name of the tag';
COMMENT ON COLUMN snapshot_archive_tag_note.value_before    IS 'Value before; NULL: the archive did not have the tag';
COMMENT ON COLUMN snapshot_archive_tag_note.value_after     IS 'Value afterwards; NULL: the tag was removed';
COMMENT ON TABLE  snapshot_change_set                 IS 'All that turns the snapshot of one archive into that of another; a removed change set keeps its record, without bytes';
COMMENT ON COLUMN snapshot_change_set.change_set_no   IS 'Number of the change set';
COMMENT ON COLUMN snapshot_change_set.archive_id      IS 'Archive of the later snapshot';
COMMENT ON COLUMN snapshot_change_set.base_archive_id IS 'Archive of the earlier snapshot';
COMMENT ON COLUMN snapshot_change_set.source_table    IS 'Name of the dataset; set by a trigger';
COMMENT ON COLUMN snapshot_change_set.customer_filter IS 'Partition; set by a trigger';
COMMENT ON COLUMN snapshot_change_set.snapshot_date   IS 'Date of the later snapshot, UTC; set by a trigger';
COMMENT ON COLUMN snapshot_change_set.rows_new        IS 'Rows that only the later snapshot has';
COMMENT ON COLUMN snapshot_change_set.rows_changed    IS 'Rows whose compared cells differ';
COMMENT ON COLUMN snapshot_change_set.rows_touched    IS 'Rows of which only other cells than the compared ones differ';
COMMENT ON COLUMN snapshot_change_set.rows_deleted    IS 'Rows that only the earlier snapshot has';
COMMENT ON COLUMN snapshot_change_set.data            IS 'The file; NULL once it is removed';
COMMENT ON COLUMN snapshot_change_set.data_size       IS 'Bytes of the file';
COMMENT ON COLUMN snapshot_change_set.sha256          IS 'SHA-256 of the file in lower-case hex';
COMMENT ON COLUMN snapshot_change_set.filter          IS 'Bloom filter over identities and values of its rows; NULL once it is removed';
COMMENT ON COLUMN snapshot_change_set.filter_sha256   IS 'SHA-256 of the filter in lower-case hex';
COMMENT ON COLUMN snapshot_change_set.created_at      IS 'When it was stored, UTC; set by a trigger';
COMMENT ON COLUMN snapshot_change_set.chain_no        IS 'Position in the chain of the partition; set by a trigger';
COMMENT ON COLUMN snapshot_change_set.previous_digest IS 'Digest of the link before it; set by a trigger';
COMMENT ON COLUMN snapshot_change_set.record_digest   IS 'SHA-256 of this record (snapshot_change_set_digest); set by a trigger';
COMMENT ON COLUMN snapshot_change_set.removed_at      IS 'When file and filter were removed, UTC; NULL: they are there';
COMMENT ON COLUMN snapshot_change_set.removed_by      IS 'Database user who removed them';
COMMENT ON COLUMN snapshot_change_set.removed_for     IS 'Why they were removed';
DO $comments$
DECLARE
    kept RECORD;
BEGIN
    -- A tombstone's columns mean what the archive's mean.
    FOR kept IN
        SELECT t.attname, col_description(a.attrelid, a.attnum) AS comment
        FROM pg_attribute t
        JOIN pg_attribute a ON a.attname = t.attname AND a.attrelid = 'snapshot_archive'::regclass
        WHERE t.attrelid = 'snapshot_archive_tombstone'::regclass AND t.attnum > 0
    LOOP
        EXECUTE format('COMMENT ON COLUMN snapshot_archive_tombstone.%I IS %L', kept.attname, kept.comment);
    END LOOP;
END
$comments$;

-- CREATE OR REPLACE cannot change result columns: functions of an earlier shape go first, others keep their grants.
DO $upgrade$
DECLARE
    outdated regprocedure;
BEGIN
    FOR outdated IN
        SELECT p.oid::regprocedure
        FROM pg_proc p
        JOIN (VALUES
            ('get_archive_statistics', 'TABLE(customer_filter character varying, snapshot_count bigint, total_size_mb'
                || ' numeric, avg_compression_ratio numeric, oldest_snapshot timestamp without time zone,'
                || ' newest_snapshot timestamp without time zone)'),
            ('cleanup_old_archives', 'TABLE(action character varying, archive_id bigint, snapshot_date timestamp without'
                || ' time zone, customer_filter character varying, size_mb numeric)'),
            ('validate_archive_integrity', 'TABLE(archive_id bigint, is_valid boolean, validation_error text,'
                || ' file_size_mb numeric)')) AS wanted (name, result) ON wanted.name = p.proname
        WHERE p.pronamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'snapshot_archive'::regclass)
          AND pg_get_function_result(p.oid) <> wanted.result
    LOOP
        EXECUTE 'DROP FUNCTION ' || outdated;
    END LOOP;
END
$upgrade$;

CREATE OR REPLACE FUNCTION snapshot_archive_is_held(
    p_hold_reason TEXT,
    p_hold_until  DATE)
RETURNS BOOLEAN
LANGUAGE sql STABLE AS $function$
    SELECT p_hold_reason IS NOT NULL
           AND (p_hold_until IS NULL OR p_hold_until > (now() AT TIME ZONE 'UTC')::date)
$function$;
COMMENT ON FUNCTION snapshot_archive_is_held(TEXT, DATE) IS
    'Whether a hold of that reason and end keeps an archive today, by UTC';

CREATE OR REPLACE FUNCTION snapshot_archive_digest_line(
    p_name  TEXT,
    p_value TEXT)
RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $function$
    SELECT p_name || '=' || coalesce(octet_length(convert_to(p_value, 'UTF8')) || ':' || p_value, '-') || E'\n'
$function$;
COMMENT ON FUNCTION snapshot_archive_digest_line(TEXT, TEXT) IS
    'A line of the text that a record''s digest is made of: name=bytes:value, or name=- for NULL';

CREATE OR REPLACE FUNCTION snapshot_archive_digest_moment(
    p_moment TIMESTAMP)
RETURNS TEXT
LANGUAGE sql IMMUTABLE AS $function$
    SELECT trunc(extract(epoch FROM p_moment)::numeric * 1000000)::text
$function$;
COMMENT ON FUNCTION snapshot_archive_digest_moment(TIMESTAMP) IS
    'A moment as the text that a record''s digest is made of has it: microseconds since 1970, UTC';

-- Form 2 says which chunks a file is kept in, or that it is in none; records of form 1, from before, keep their digests.
CREATE OR REPLACE FUNCTION snapshot_archive_record_digest(
    p_form              INTEGER,
    p_chain_no          BIGINT,
    p_previous_digest   TEXT,
    p_archive_id        BIGINT,
    p_source_database   TEXT,
    p_source_table      TEXT,
    p_customer_filter   TEXT,
    p_snapshot_date     TIMESTAMP,
    p_batch_id          UUID,
    p_records_count     BIGINT,
    p_parquet_size      BIGINT,
    p_original_columns  INTEGER,
    p_schema_hash       TEXT,
    p_file_checksum     TEXT,
    p_sha256            TEXT,
    p_uncompressed_size BIGINT,
    p_hash_spec_id      TEXT,
    p_fingerprint       TEXT,
    p_rows_new          BIGINT,
    p_rows_changed      BIGINT,
    p_rows_unchanged    BIGINT,
    p_rows_deleted      BIGINT,
    p_chunk_bytes       INTEGER,
    p_chunk_count       INTEGER,
    p_chunks_sha256     TEXT)
RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE AS $function$
BEGIN
    RETURN encode(sha256(convert_to(
        'hybrid-snapshots archive ' || p_form || E'\n'
        || snapshot_archive_digest_line('chain_no', p_chain_no::text)
        || snapshot_archive_digest_line('previous_digest', p_previous_digest)
        || snapshot_archive_digest_line('archive_id', p_archive_id::text)
        || snapshot_archive_digest_line('source_database', p_source_database)
        || snapshot_archive_digest_line('source_table', p_source_table)
        || snapshot_archive_digest_line('customer_filter', p_customer_filter)
        || snapshot_archive_digest_line('snapshot_date', snapshot_archive_digest_moment(p_snapshot_date))
        || snapshot_archive_digest_line('batch_id', p_batch_id::text)
        || snapshot_archive_digest_line('records_count', p_records_count::text)
        || snapshot_archive_digest_line('parquet_size', p_parquet_size::text)
        || snapshot_archive_digest_line('original_columns', p_original_columns::text)
        || snapshot_archive_digest_line('schema_hash', p_schema_hash)
        || snapshot_archive_digest_line('file_checksum', p_file_checksum)
        || snapshot_archive_digest_line('sha256', p_sha256)
        || snapshot_archive_digest_line('uncompressed_size', p_uncompressed_size::text)
        || snapshot_archive_digest_line('hash_spec_id', p_hash_spec_id)
        -- What is not a SHA-256 is no fingerprint.
        || snapshot_archive_digest_line('fingerprint',
               CASE WHEN p_fingerprint ~ '^[0-9a-f]{64}$' THEN p_fingerprint END)
        || snapshot_archive_digest_line('rows_new', p_rows_new::text)
        || snapshot_archive_digest_line('rows_changed', p_rows_changed::text)
        || snapshot_archive_digest_line('rows_unchanged', p_rows_unchanged::text)
        || snapshot_archive_digest_line('rows_deleted', p_rows_deleted::text)
        || CASE WHEN p_form > 1
               THEN snapshot_archive_digest_line('chunk_bytes', p_chunk_bytes::text)
                    || snapshot_archive_digest_line('chunk_count', p_chunk_count::text)
                    || snapshot_archive_digest_line('chunks_sha256', p_chunks_sha256)
               ELSE '' END, 'UTF8')), 'hex');
END
$function$;
COMMENT ON FUNCTION snapshot_archive_record_digest(INTEGER, BIGINT, TEXT, BIGINT, TEXT, TEXT, TEXT, TIMESTAMP, UUID, BIGINT,
    BIGINT, INTEGER, TEXT, TEXT, TEXT, BIGINT, TEXT, TEXT, BIGINT, BIGINT, BIGINT, BIGINT, INTEGER, INTEGER, TEXT) IS
    'Digest of an archive''s record at a place in its chain, in form 1 or 2: SHA-256 over lines name=bytes:value';

CREATE OR REPLACE FUNCTION snapshot_archive_digest_in(
    p_form            INTEGER,
    p_archive_id      BIGINT,
    p_chain_no        BIGINT,
    p_previous_digest TEXT)
RETURNS TEXT
LANGUAGE plpgsql STABLE AS $function$
BEGIN
    RETURN (
        SELECT snapshot_archive_record_digest(
                   p_form, p_chain_no, p_previous_digest, a.archive_id, a.source_database, a.source_table,
                   a.customer_filter, a.snapshot_date, a.batch_id, a.records_count,
                   coalesce(a.parquet_size, octet_length(a.parquet_data)), a.original_columns, a.schema_hash,
                   a.file_checksum, a.sha256, a.uncompressed_size, a.hash_spec_id, a.fingerprint, a.rows_new,
                   a.rows_changed, a.rows_unchanged, a.rows_deleted, a.chunk_bytes, a.chunk_count, a.chunks_sha256)
        FROM snapshot_archive a WHERE a.archive_id = p_archive_id);
END
$function$;
COMMENT ON FUNCTION snapshot_archive_digest_in(INTEGER, BIGINT, BIGINT, TEXT) IS
    'Digest of the record of an archive as it is stored now, in form 1 or 2, at a place in its chain; reads no bytes of the file';

CREATE OR REPLACE FUNCTION snapshot_archive_digest_at(
    p_archive_id      BIGINT,
    p_chain_no        BIGINT,
    p_previous_digest TEXT)
RETURNS TEXT
LANGUAGE plpgsql STABLE AS $function$
BEGIN
    RETURN snapshot_archive_digest_in(2, p_archive_id, p_chain_no, p_previous_digest);
END
$function$;
COMMENT ON FUNCTION snapshot_archive_digest_at(BIGINT, BIGINT, TEXT) IS
    'The same in the form that new records have';

CREATE OR REPLACE FUNCTION snapshot_archive_redaction_digest(
    p_chain_no        BIGINT,
    p_previous_digest TEXT,
    p_archive_id      BIGINT,
    p_source_table    TEXT,
    p_customer_filter TEXT,
    p_replaced_digest TEXT,
    p_record_digest   TEXT,
    p_redacted_at     TIMESTAMP,
    p_redacted_by     TEXT,
    p_reason          TEXT,
    p_erased_rows     BIGINT)
RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE AS $function$
BEGIN
    RETURN encode(sha256(convert_to(
        E'hybrid-snapshots redaction 1\n'
        || snapshot_archive_digest_line('chain_no', p_chain_no::text)
        || snapshot_archive_digest_line('previous_digest', p_previous_digest)
        || snapshot_archive_digest_line('archive_id', p_archive_id::text)
        || snapshot_archive_digest_line('source_table', p_source_table)
        || snapshot_archive_digest_line('customer_filter', p_customer_filter)
        || snapshot_archive_digest_line('replaced_digest', p_replaced_digest)
        || snapshot_archive_digest_line('record_digest', p_record_digest)
        || snapshot_archive_digest_line('redacted_at', snapshot_archive_digest_moment(p_redacted_at))
        || snapshot_archive_digest_line('redacted_by', p_redacted_by)
        || snapshot_archive_digest_line('reason', p_reason)
        || snapshot_archive_digest_line('erased_rows', p_erased_rows::text), 'UTF8')), 'hex');
END
$function$;
COMMENT ON FUNCTION snapshot_archive_redaction_digest(BIGINT, TEXT, BIGINT, TEXT, TEXT, TEXT, TEXT, TIMESTAMP, TEXT, TEXT,
    BIGINT) IS 'Digest of a redaction''s record: SHA-256 over lines name=bytes:value';

CREATE OR REPLACE FUNCTION snapshot_change_set_digest(
    p_chain_no        BIGINT,
    p_previous_digest TEXT,
    p_change_set_no   BIGINT,
    p_archive_id      BIGINT,
    p_base_archive_id BIGINT,
    p_source_table    TEXT,
    p_customer_filter TEXT,
    p_snapshot_date   TIMESTAMP,
    p_rows_new        BIGINT,
    p_rows_changed    BIGINT,
    p_rows_touched    BIGINT,
    p_rows_deleted    BIGINT,
    p_data_size       BIGINT,
    p_sha256          TEXT,
    p_filter_sha256   TEXT,
    p_created_at      TIMESTAMP)
RETURNS TEXT
LANGUAGE plpgsql IMMUTABLE AS $function$
BEGIN
    RETURN encode(sha256(convert_to(
        E'hybrid-snapshots change set 1\n'
        || snapshot_archive_digest_line('chain_no', p_chain_no::text)
        || snapshot_archive_digest_line('previous_digest', p_previous_digest)
        || snapshot_archive_digest_line('change_set_no', p_change_set_no::text)
        || snapshot_archive_digest_line('archive_id', p_archive_id::text)
        || snapshot_archive_digest_line('base_archive_id', p_base_archive_id::text)
        || snapshot_archive_digest_line('source_table', p_source_table)
        || snapshot_archive_digest_line('customer_filter', p_customer_filter)
        || snapshot_archive_digest_line('snapshot_date', snapshot_archive_digest_moment(p_snapshot_date))
        || snapshot_archive_digest_line('rows_new', p_rows_new::text)
        || snapshot_archive_digest_line('rows_changed', p_rows_changed::text)
        || snapshot_archive_digest_line('rows_touched', p_rows_touched::text)
        || snapshot_archive_digest_line('rows_deleted', p_rows_deleted::text)
        || snapshot_archive_digest_line('data_size', p_data_size::text)
        || snapshot_archive_digest_line('sha256', p_sha256)
        || snapshot_archive_digest_line('filter_sha256', p_filter_sha256)
        || snapshot_archive_digest_line('created_at', snapshot_archive_digest_moment(p_created_at)), 'UTF8')), 'hex');
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_digest(BIGINT, TEXT, BIGINT, BIGINT, BIGINT, TEXT, TEXT, TIMESTAMP, BIGINT, BIGINT,
    BIGINT, BIGINT, BIGINT, TEXT, TEXT, TIMESTAMP) IS
    'Digest of a change set''s record: SHA-256 over lines name=bytes:value';

CREATE OR REPLACE FUNCTION snapshot_change_set_may_hold(
    p_filter BYTEA,
    p_probes BIGINT[])
RETURNS BOOLEAN
LANGUAGE plpgsql IMMUTABLE STRICT AS $function$
DECLARE
    -- A plain copy: get_bit() would fetch a value that is stored out of line each time.
    filter BYTEA := p_filter || ''::bytea;
    mask   BIGINT := octet_length(filter)::bigint * 8 - 1;
    held   BOOLEAN;
BEGIN
    IF mask < 0 THEN
        RETURN TRUE;
    END IF;
    FOR entry IN 0 .. cardinality(p_probes) / 8 - 1 LOOP
        held := TRUE;
        FOR probe IN 1 .. 8 LOOP
            IF get_bit(filter, p_probes[entry * 8 + probe] & mask) = 0 THEN
                held := FALSE;
                EXIT;
            END IF;
        END LOOP;
        IF held THEN
            RETURN TRUE;
        END IF;
    END LOOP;
    RETURN FALSE;
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_may_hold(BYTEA, BIGINT[]) IS
    'Whether a filter may hold one of some entries, of which each has eight probes: numbers whose lowest bits are positions';

CREATE OR REPLACE FUNCTION snapshot_archive_chunks_digest(
    p_archive_id BIGINT)
RETURNS TEXT
LANGUAGE plpgsql STABLE AS $function$
BEGIN
    RETURN (
        SELECT encode(sha256(convert_to(string_agg(c.sha256, '' ORDER BY c.chunk_no), 'UTF8')), 'hex')
        FROM snapshot_archive_chunk c WHERE c.archive_id = p_archive_id);
END
$function$;
COMMENT ON FUNCTION snapshot_archive_chunks_digest(BIGINT) IS
    'SHA-256 over the digests that are stored with the chunks of an archive, in order; NULL where it has none';

-- A new link follows the head, or a link that this transaction made and that the head does not know yet: the head moves
-- when the row is there, since INSERT … ON CONFLICT DO NOTHING may drop a row after its BEFORE trigger.
CREATE OR REPLACE FUNCTION snapshot_archive_lock_chain(
    p_source_table    TEXT,
    p_customer_filter TEXT,
    OUT last_no       BIGINT,
    OUT last_digest   TEXT)
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    SELECT h.chain_no, h.digest INTO last_no, last_digest
    FROM snapshot_archive_chain h
    WHERE h.source_table = p_source_table AND h.customer_filter = p_customer_filter FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO snapshot_archive_chain (source_table, customer_filter, chain_no, digest)
        VALUES (p_source_table, p_customer_filter, 0, repeat('0', 64))
        ON CONFLICT DO NOTHING;
        SELECT h.chain_no, h.digest INTO STRICT last_no, last_digest
        FROM snapshot_archive_chain h
        WHERE h.source_table = p_source_table AND h.customer_filter = p_customer_filter FOR UPDATE;
    END IF;
    SELECT coalesce(l.no, last_no), coalesce(l.digest, last_digest) INTO last_no, last_digest
    FROM (SELECT 1) AS once
    LEFT JOIN LATERAL (
        (SELECT a.chain_no AS no, a.record_digest AS digest FROM snapshot_archive a
         WHERE a.source_table = p_source_table AND a.customer_filter = p_customer_filter AND a.chain_no > last_no
         ORDER BY a.chain_no DESC LIMIT 1)
        UNION ALL
        (SELECT r.chain_no, r.digest FROM snapshot_archive_redaction r
         WHERE r.source_table = p_source_table AND r.customer_filter = p_customer_filter AND r.chain_no > last_no
         ORDER BY r.chain_no DESC LIMIT 1)
        UNION ALL
        (SELECT c.chain_no, c.record_digest FROM snapshot_change_set c
         WHERE c.source_table = p_source_table AND c.customer_filter = p_customer_filter AND c.chain_no > last_no
         ORDER BY c.chain_no DESC LIMIT 1)
        ORDER BY 1 DESC LIMIT 1) AS l ON TRUE;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_lock_chain(TEXT, TEXT) IS
    'Keeps others from appending to a partition''s chain until the transaction ends, and tells its last link';

CREATE OR REPLACE FUNCTION snapshot_archive_move_head(
    p_source_table    TEXT,
    p_customer_filter TEXT,
    p_chain_no        BIGINT,
    p_digest          TEXT)
RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    UPDATE snapshot_archive_chain h SET chain_no = p_chain_no, digest = p_digest
    WHERE h.source_table = p_source_table AND h.customer_filter = p_customer_filter AND h.chain_no < p_chain_no;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_move_head(TEXT, TEXT, BIGINT, TEXT) IS
    'Moves the end of a partition''s chain to a link that has joined it';

CREATE OR REPLACE FUNCTION snapshot_archive_before_insert()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
DECLARE
    last RECORD;
BEGIN
    IF NEW.sha256 IS NULL AND octet_length(NEW.parquet_data) > 0 THEN
        NEW.sha256 := encode(sha256(NEW.parquet_data), 'hex');
    END IF;
    SELECT * INTO last FROM snapshot_archive_lock_chain(NEW.source_table, NEW.customer_filter);
    NEW.chain_no := last.last_no + 1;
    NEW.previous_digest := last.last_digest;
    -- Whoever notes the digest of the chunks only when they are there, as earlier releases do, gets the form without it.
    NEW.record_digest := snapshot_archive_record_digest(
        CASE WHEN NEW.chunk_count IS NOT NULL AND NEW.chunks_sha256 IS NULL THEN 1 ELSE 2 END,
        NEW.chain_no, NEW.previous_digest, NEW.archive_id, NEW.source_database, NEW.source_table, NEW.customer_filter,
        NEW.snapshot_date, NEW.batch_id, NEW.records_count, coalesce(NEW.parquet_size, octet_length(NEW.parquet_data)),
        NEW.original_columns, NEW.schema_hash, NEW.file_checksum, NEW.sha256, NEW.uncompressed_size, NEW.hash_spec_id,
        NEW.fingerprint, NEW.rows_new, NEW.rows_changed, NEW.rows_unchanged, NEW.rows_deleted, NEW.chunk_bytes,
        NEW.chunk_count, NEW.chunks_sha256);
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_before_insert() IS
    'Trigger: gives a new archive its SHA-256, where the writer gave none, and its place in the chain';

CREATE OR REPLACE FUNCTION snapshot_archive_after_insert()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    PERFORM snapshot_archive_move_head(NEW.source_table, NEW.customer_filter, NEW.chain_no, NEW.record_digest);
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_after_insert() IS 'Trigger: moves the end of the chain to an archive that is there';

-- The trigger sets its dataset, partition and date from the later archive, for every writer.
CREATE OR REPLACE FUNCTION snapshot_change_set_before_insert()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
DECLARE
    later RECORD;
    last  RECORD;
BEGIN
    -- A removal or a redaction of one of the two archives waits, and then finds the change set.
    PERFORM 1 FROM snapshot_archive a
    WHERE a.archive_id IN (NEW.archive_id, NEW.base_archive_id)
    ORDER BY a.archive_id FOR KEY SHARE;
    SELECT a.source_table, a.customer_filter, a.snapshot_date INTO later
    FROM snapshot_archive a
    WHERE a.archive_id = NEW.archive_id
      AND EXISTS (SELECT 1 FROM snapshot_archive b
                  WHERE b.archive_id = NEW.base_archive_id AND b.archive_id <> a.archive_id
                    AND b.source_table = a.source_table AND b.customer_filter = a.customer_filter);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'archives % and % are not two archives of one partition', NEW.base_archive_id, NEW.archive_id
            USING ERRCODE = 'SA003', HINT = 'A change set leads from one archive of a partition to another.';
    END IF;
    NEW.source_table := later.source_table;
    NEW.customer_filter := later.customer_filter;
    NEW.snapshot_date := later.snapshot_date;
    NEW.data_size := coalesce(NEW.data_size, octet_length(NEW.data));
    NEW.sha256 := coalesce(NEW.sha256, encode(sha256(NEW.data), 'hex'));
    NEW.filter_sha256 := coalesce(NEW.filter_sha256, encode(sha256(NEW.filter), 'hex'));
    NEW.created_at := clock_timestamp() AT TIME ZONE 'UTC';
    SELECT * INTO last FROM snapshot_archive_lock_chain(NEW.source_table, NEW.customer_filter);
    NEW.chain_no := last.last_no + 1;
    NEW.previous_digest := last.last_digest;
    NEW.record_digest := snapshot_change_set_digest(
        NEW.chain_no, NEW.previous_digest, NEW.change_set_no, NEW.archive_id, NEW.base_archive_id, NEW.source_table,
        NEW.customer_filter, NEW.snapshot_date, NEW.rows_new, NEW.rows_changed, NEW.rows_touched, NEW.rows_deleted,
        NEW.data_size, NEW.sha256, NEW.filter_sha256, NEW.created_at);
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_before_insert() IS
    'Trigger: gives a new change set what its archives tell, its digests and its place in the chain';

CREATE OR REPLACE FUNCTION snapshot_change_set_after_insert()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    PERFORM snapshot_archive_move_head(NEW.source_table, NEW.customer_filter, NEW.chain_no, NEW.record_digest);
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_after_insert() IS
    'Trigger: moves the end of the chain to a change set that is there';

CREATE OR REPLACE FUNCTION snapshot_change_set_before_delete()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    UPDATE snapshot_change_set c
    SET data = NULL, filter = NULL, removed_at = clock_timestamp() AT TIME ZONE 'UTC', removed_by = session_user,
        removed_for = coalesce(nullif(current_setting('hybrid_snapshots.removal_reason', TRUE), ''), 'its row was deleted')
    WHERE c.change_set_no = OLD.change_set_no AND c.removed_at IS NULL;
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_before_delete() IS
    'Trigger: removes file and filter of a change set, and keeps its record, which is a link of the chain';

CREATE OR REPLACE FUNCTION snapshot_change_set_remove_of(
    p_archive_id BIGINT,
    p_reason     TEXT)
RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    UPDATE snapshot_change_set c
    SET data = NULL, filter = NULL, removed_at = clock_timestamp() AT TIME ZONE 'UTC', removed_by = session_user,
        removed_for = p_reason
    WHERE c.archive_id = p_archive_id AND c.removed_at IS NULL;
    UPDATE snapshot_change_set c
    SET data = NULL, filter = NULL, removed_at = clock_timestamp() AT TIME ZONE 'UTC', removed_by = session_user,
        removed_for = p_reason
    WHERE c.base_archive_id = p_archive_id AND c.removed_at IS NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_remove_of(BIGINT, TEXT) IS
    'Removes file and filter of the change sets that lead to an archive or start from it';

CREATE OR REPLACE FUNCTION snapshot_archive_redaction_before_insert()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
DECLARE
    last RECORD;
BEGIN
    SELECT * INTO last FROM snapshot_archive_lock_chain(NEW.source_table, NEW.customer_filter);
    NEW.chain_no := last.last_no + 1;
    NEW.previous_digest := last.last_digest;
    NEW.redacted_at := clock_timestamp() AT TIME ZONE 'UTC';
    NEW.redacted_by := session_user;
    NEW.digest := snapshot_archive_redaction_digest(
        NEW.chain_no, NEW.previous_digest, NEW.archive_id, NEW.source_table, NEW.customer_filter, NEW.replaced_digest,
        NEW.record_digest, NEW.redacted_at, NEW.redacted_by, NEW.reason, NEW.erased_rows);
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_redaction_before_insert() IS
    'Trigger: notes when and by whom an archive was redacted, and gives the record its place in the chain';

CREATE OR REPLACE FUNCTION snapshot_archive_redaction_after_insert()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    PERFORM snapshot_archive_move_head(NEW.source_table, NEW.customer_filter, NEW.chain_no, NEW.digest);
    PERFORM snapshot_change_set_remove_of(NEW.archive_id, format('archive %s was redacted: %s', NEW.archive_id, NEW.reason));
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_redaction_after_insert() IS
    'Trigger: moves the end of the chain to a redaction that is there, and removes the change sets of its archive';

CREATE OR REPLACE FUNCTION snapshot_archive_after_tags()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
DECLARE
    moment      TIMESTAMP := clock_timestamp() AT TIME ZONE 'UTC';
    tags_before JSONB := CASE WHEN jsonb_typeof(OLD.tags) = 'object' THEN OLD.tags ELSE '{}' END;
    tags_after  JSONB := CASE WHEN jsonb_typeof(NEW.tags) = 'object' THEN NEW.tags ELSE '{}' END;
BEGIN
    INSERT INTO snapshot_archive_tag_note (
        noted_at, noted_by, archive_id, source_table, customer_filter, tag_name, value_before, value_after)
    SELECT moment, session_user, NEW.archive_id, NEW.source_table, NEW.customer_filter, c.tag, c.before, c.after
    FROM (SELECT n.tag,
                 CASE WHEN jsonb_exists(tags_before, n.tag) THEN coalesce(tags_before ->> n.tag, 'null') END AS before,
                 CASE WHEN jsonb_exists(tags_after, n.tag) THEN coalesce(tags_after ->> n.tag, 'null') END AS after
          FROM (SELECT jsonb_object_keys(tags_before) UNION SELECT jsonb_object_keys(tags_after)) AS n (tag)) AS c
    WHERE c.before IS DISTINCT FROM c.after
    ORDER BY c.tag COLLATE "C";
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_after_tags() IS
    'Trigger: notes which tags of a stored archive changed, when and by whom';

CREATE OR REPLACE FUNCTION snapshot_archive_before_delete()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    IF snapshot_archive_is_held(OLD.hold_reason, OLD.hold_until) THEN
        RAISE EXCEPTION 'archive % is held: %', OLD.archive_id, concat_ws(', ', '''' || OLD.hold_reason || '''',
                'owner ' || OLD.hold_owner, 'until ' || OLD.hold_until)
            USING ERRCODE = 'SA001', HINT = format(
                'End the hold first: UPDATE snapshot_archive SET hold_reason = NULL WHERE archive_id = %s', OLD.archive_id);
    END IF;
    RETURN OLD;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_before_delete() IS 'Trigger: refuses to delete a held archive (SQLSTATE SA001)';

CREATE OR REPLACE FUNCTION snapshot_archive_after_delete()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET TimeZone TO 'UTC' AS $function$
BEGIN
    INSERT INTO snapshot_archive_tombstone (
        removed_at, removed_by, removal_reason, archive_id, snapshot_date, customer_filter, batch_id, records_count,
        source_database, source_table, parquet_size, compression_ratio, original_columns, schema_hash, file_checksum,
        created_at, created_by, retention_until, tags, sha256, uncompressed_size, hash_spec_id, fingerprint, chunk_bytes,
        chunk_count, chunks_sha256, hold_owner, hold_reason, hold_until, rows_new, rows_changed, rows_unchanged,
        rows_deleted, chain_no, previous_digest, record_digest, attempt, published)
    VALUES (
        clock_timestamp() AT TIME ZONE 'UTC', session_user,
        nullif(current_setting('hybrid_snapshots.removal_reason', TRUE), ''), OLD.archive_id, OLD.snapshot_date,
        OLD.customer_filter, OLD.batch_id, OLD.records_count, OLD.source_database, OLD.source_table,
        coalesce(OLD.parquet_size, octet_length(OLD.parquet_data)), OLD.compression_ratio, OLD.original_columns,
        OLD.schema_hash, OLD.file_checksum, OLD.created_at::timestamp, OLD.created_by, OLD.retention_until, OLD.tags,
        OLD.sha256, OLD.uncompressed_size, OLD.hash_spec_id, OLD.fingerprint, OLD.chunk_bytes, OLD.chunk_count,
        OLD.chunks_sha256, OLD.hold_owner, OLD.hold_reason, OLD.hold_until, OLD.rows_new, OLD.rows_changed,
        OLD.rows_unchanged, OLD.rows_deleted, OLD.chain_no, OLD.previous_digest, OLD.record_digest,
        OLD.attempt, OLD.published);
    PERFORM snapshot_change_set_remove_of(OLD.archive_id, concat_ws(': ',
        format('archive %s was removed', OLD.archive_id),
        nullif(current_setting('hybrid_snapshots.removal_reason', TRUE), '')));
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_after_delete() IS
    'Trigger: leaves a tombstone of a deleted archive, and removes the change sets on both its sides';

-- A cascade finds the archive gone already, and passes.
CREATE OR REPLACE FUNCTION snapshot_archive_chunk_before_delete()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    IF EXISTS (SELECT 1 FROM snapshot_archive a
               WHERE a.archive_id = OLD.archive_id AND snapshot_archive_is_held(a.hold_reason, a.hold_until)) THEN
        RAISE EXCEPTION 'archive % is held, and so are its chunks', OLD.archive_id
            USING ERRCODE = 'SA001', HINT = format(
                'End the hold first: UPDATE snapshot_archive SET hold_reason = NULL WHERE archive_id = %s', OLD.archive_id);
    END IF;
    RETURN OLD;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_chunk_before_delete() IS
    'Trigger: refuses to delete chunks of a held archive (SQLSTATE SA001)';

CREATE OR REPLACE FUNCTION snapshot_archive_before_truncate()
RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER AS $function$
BEGIN
    RAISE EXCEPTION '% must not be truncated: holds would not be seen, and no tombstones would remain', TG_TABLE_NAME
        USING ERRCODE = 'SA002', HINT = 'DELETE FROM snapshot_archive removes what is not held and leaves tombstones.';
END
$function$;
COMMENT ON FUNCTION snapshot_archive_before_truncate() IS 'Trigger: refuses to truncate the archive (SQLSTATE SA002)';

CREATE OR REPLACE FUNCTION snapshot_archive_links(
    p_source_table    TEXT,
    p_customer_filter TEXT,
    p_chain_no        BIGINT)
RETURNS TABLE (
    previous_digest TEXT,
    digest          TEXT)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $function$
BEGIN
    -- An archive that was redacted since joined with the digest that its first redaction replaced.
    RETURN QUERY
    SELECT l.previous_digest::text,
           coalesce((SELECT r.replaced_digest FROM snapshot_archive_redaction r
                     WHERE r.archive_id = l.archive_id AND r.source_table = p_source_table
                       AND r.customer_filter = p_customer_filter AND r.chain_no > p_chain_no
                     ORDER BY r.chain_no LIMIT 1), l.record_digest)::text
    FROM (SELECT a.archive_id, a.previous_digest, a.record_digest FROM snapshot_archive a
          WHERE a.source_table = p_source_table AND a.customer_filter = p_customer_filter AND a.chain_no = p_chain_no
          UNION ALL
          SELECT t.archive_id, t.previous_digest, t.record_digest FROM snapshot_archive_tombstone t
          WHERE t.source_table = p_source_table AND t.customer_filter = p_customer_filter AND t.chain_no = p_chain_no) AS l
    UNION ALL
    SELECT r.previous_digest::text, r.digest::text FROM snapshot_archive_redaction r
    WHERE r.source_table = p_source_table AND r.customer_filter = p_customer_filter AND r.chain_no = p_chain_no
    UNION ALL
    SELECT c.previous_digest::text, c.record_digest::text FROM snapshot_change_set c
    WHERE c.source_table = p_source_table AND c.customer_filter = p_customer_filter AND c.chain_no = p_chain_no;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_links(TEXT, TEXT, BIGINT) IS
    'The link of a number in a partition''s chain, with the digest with which it joined: an archive, a tombstone, a redaction or a change set; one row, where nobody meddled';

CREATE OR REPLACE FUNCTION snapshot_archive_chain_fault(
    p_archive_id BIGINT)
RETURNS TEXT
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $function$
DECLARE
    archive RECORD;
    head    RECORD;
    own     TEXT[];
    before  TEXT[];
    problem TEXT;
BEGIN
    SELECT a.source_table, a.customer_filter, a.chain_no, a.previous_digest, a.record_digest INTO archive
    FROM snapshot_archive a WHERE a.archive_id = p_archive_id;
    IF NOT FOUND THEN
        RETURN 'no such archive';
    END IF;
    IF archive.chain_no IS NULL THEN
        RETURN 'its record is not in the chain';
    END IF;
    own := ARRAY(SELECT l.digest FROM snapshot_archive_links(
        archive.source_table, archive.customer_filter, archive.chain_no) l);
    before := ARRAY(SELECT coalesce(l.digest, '') FROM snapshot_archive_links(
        archive.source_table, archive.customer_filter, archive.chain_no - 1) l);
    SELECT h.chain_no, h.digest INTO head FROM snapshot_archive_chain h
    WHERE h.source_table = archive.source_table AND h.customer_filter = archive.customer_filter;

    -- A digest of one form is none of the other: nobody passes a record off as one from before.
    IF NOT coalesce(archive.record_digest IN (
            snapshot_archive_digest_in(2, p_archive_id, archive.chain_no, archive.previous_digest),
            snapshot_archive_digest_in(1, p_archive_id, archive.chain_no, archive.previous_digest)), FALSE) THEN
        problem := 'its record does not have its digest';
    ELSIF (SELECT r.record_digest FROM snapshot_archive_redaction r
           WHERE r.archive_id = p_archive_id AND r.source_table = archive.source_table
             AND r.customer_filter = archive.customer_filter
           ORDER BY r.chain_no DESC LIMIT 1) <> archive.record_digest THEN
        problem := 'its record is not the one that its last redaction left';
    END IF;
    RETURN nullif(concat_ws('; ', problem,
        CASE WHEN cardinality(own) <> 1
            THEN format('%s links have number %s', cardinality(own), archive.chain_no) END,
        CASE
            WHEN archive.chain_no = 1 AND archive.previous_digest IS DISTINCT FROM repeat('0', 64)
                THEN 'the first link names one before it'
            WHEN archive.chain_no > 1 AND cardinality(before) = 0 THEN format('link %s is missing', archive.chain_no - 1)
            WHEN archive.chain_no > 1 AND NOT coalesce(archive.previous_digest = ANY (before), FALSE)
                THEN format('link %s has another digest', archive.chain_no - 1)
        END,
        CASE WHEN EXISTS (SELECT 1 FROM snapshot_archive_links(
                    archive.source_table, archive.customer_filter, archive.chain_no + 1) l
                WHERE NOT coalesce(l.previous_digest = ANY (own), FALSE))
            THEN format('link %s follows another digest', archive.chain_no + 1) END,
        CASE
            WHEN head IS NULL THEN 'the chain''s end is not noted'
            WHEN head.chain_no < archive.chain_no
                THEN format('the chain ends at link %s before link %s', head.chain_no, archive.chain_no)
            WHEN head.chain_no = archive.chain_no AND NOT head.digest = ANY (own)
                THEN 'the chain''s end has another digest'
            WHEN head.chain_no > archive.chain_no AND NOT EXISTS (SELECT 1 FROM snapshot_archive_links(
                    archive.source_table, archive.customer_filter, archive.chain_no + 1))
                THEN format('link %s is missing', archive.chain_no + 1)
        END), '');
END
$function$;
COMMENT ON FUNCTION snapshot_archive_chain_fault(BIGINT) IS
    'What is wrong with an archive''s record and its neighbours in the chain; NULL: nothing';

CREATE OR REPLACE FUNCTION snapshot_archive_damage(
    p_archive_id BIGINT)
RETURNS TABLE (
    kind         TEXT,
    detail       TEXT,
    stored_bytes BIGINT)
LANGUAGE plpgsql STABLE AS $function$
DECLARE
    archive RECORD;
    chunks  RECORD;
    problem TEXT;
BEGIN
    SELECT a.parquet_size, a.file_checksum, a.sha256, a.chunk_count, a.chunk_bytes, a.chunks_sha256,
           octet_length(a.parquet_data)::bigint AS inline_size
    INTO archive
    FROM snapshot_archive a WHERE a.archive_id = p_archive_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF archive.chunk_count IS NULL THEN
        stored_bytes := archive.inline_size;
        -- One value at a time is held in memory.
        SELECT CASE
            WHEN archive.file_checksum IS NULL AND archive.sha256 IS NULL THEN 'no checksum is stored'
            WHEN encode(sha256(a.parquet_data), 'hex') <> archive.sha256 THEN 'SHA-256 differs'
            WHEN md5(a.parquet_data) <> archive.file_checksum THEN 'MD5 differs'
            END INTO problem
        FROM snapshot_archive a WHERE a.archive_id = p_archive_id;
        kind := CASE WHEN problem IS NULL THEN NULL
                     WHEN archive.file_checksum IS NULL AND archive.sha256 IS NULL THEN 'NO_DIGEST' ELSE 'DIGEST' END;
        IF EXISTS (SELECT 1 FROM snapshot_archive_chunk c WHERE c.archive_id = p_archive_id) THEN
            kind := 'CHUNKS';
            problem := concat_ws('; ', 'both chunks and parquet_data hold bytes', problem);
        END IF;
    ELSE
        SELECT count(*) AS parts,
               coalesce(sum(octet_length(c.data)), 0)::bigint AS size,
               count(*) FILTER (WHERE c.chunk_no NOT BETWEEN 0 AND archive.chunk_count - 1) AS strangers,
               min(c.chunk_no) FILTER (WHERE encode(sha256(c.data), 'hex') <> c.sha256) AS damaged,
               min(c.chunk_no) FILTER (WHERE octet_length(c.data) <> archive.chunk_bytes
                                             AND c.chunk_no < archive.chunk_count - 1) AS short
        INTO chunks
        FROM snapshot_archive_chunk c WHERE c.archive_id = p_archive_id;
        stored_bytes := chunks.size;
        kind := 'CHUNKS';
        IF chunks.parts <> archive.chunk_count OR chunks.strangers > 0 THEN
            problem := format('%s chunks, expected %s', chunks.parts, archive.chunk_count);
        ELSIF chunks.damaged IS NOT NULL THEN
            kind := 'DIGEST';
            problem := format('SHA-256 of chunk %s differs', chunks.damaged);
        ELSIF chunks.short IS NOT NULL THEN
            kind := 'SIZE';
            problem := format('size of chunk %s differs', chunks.short);
        ELSIF snapshot_archive_chunks_digest(p_archive_id) IS DISTINCT FROM archive.chunks_sha256 THEN
            problem := 'the chunks are not those that were stored';
        ELSIF archive.inline_size <> 0 THEN
            problem := 'both chunks and parquet_data hold bytes';
        ELSE
            kind := NULL;
        END IF;
    END IF;
    IF stored_bytes <> archive.parquet_size THEN
        kind := CASE WHEN kind = 'CHUNKS' THEN kind ELSE 'SIZE' END;
        problem := concat_ws('; ', format('%s bytes, expected %s', stored_bytes, archive.parquet_size), problem);
    END IF;
    detail := problem;
    RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION snapshot_archive_damage(BIGINT) IS
    'What is wrong with an archive''s stored bytes (SIZE, DIGEST, CHUNKS, NO_DIGEST; NULL: nothing), recomputed where they are; no row: no such archive';

CREATE OR REPLACE FUNCTION snapshot_change_set_damage(
    p_archive_id BIGINT)
RETURNS TABLE (
    kind   TEXT,
    detail TEXT)
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $function$
DECLARE
    stored RECORD;
BEGIN
    SELECT c.data_size, octet_length(c.data)::bigint AS size, encode(sha256(c.data), 'hex') = c.sha256 AS same,
           encode(sha256(c.filter), 'hex') = c.filter_sha256 AS same_filter
    INTO stored
    FROM snapshot_change_set c WHERE c.archive_id = p_archive_id AND c.removed_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF stored.size <> stored.data_size THEN
        kind := 'SIZE';
        detail := format('%s bytes, expected %s', stored.size, stored.data_size);
    ELSIF NOT stored.same THEN
        kind := 'DIGEST';
        detail := 'SHA-256 differs';
    ELSIF NOT stored.same_filter THEN
        kind := 'DIGEST';
        detail := 'SHA-256 of the filter differs';
    END IF;
    RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_damage(BIGINT) IS
    'What is wrong with the bytes of an archive''s change set and its filter (SIZE, DIGEST; NULL: nothing), recomputed where they are; no row: no such change set';

CREATE OR REPLACE FUNCTION snapshot_change_set_fault(
    p_archive_id BIGINT)
RETURNS TEXT
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $function$
DECLARE
    kept    RECORD;
    links   BIGINT;
    problem TEXT;
BEGIN
    SELECT c.source_table, c.customer_filter, c.chain_no, c.previous_digest,
           c.record_digest = snapshot_change_set_digest(
               c.chain_no, c.previous_digest, c.change_set_no, c.archive_id, c.base_archive_id, c.source_table,
               c.customer_filter, c.snapshot_date, c.rows_new, c.rows_changed, c.rows_touched, c.rows_deleted,
               c.data_size, c.sha256, c.filter_sha256, c.created_at) AS same
    INTO kept
    FROM snapshot_change_set c WHERE c.archive_id = p_archive_id AND c.removed_at IS NULL;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    links := (SELECT count(*) FROM snapshot_archive_links(kept.source_table, kept.customer_filter, kept.chain_no));
    SELECT d.detail INTO problem FROM snapshot_change_set_damage(p_archive_id) d;
    problem := concat_ws('; ', problem,
        CASE WHEN NOT kept.same THEN 'its record does not have its digest' END,
        CASE WHEN links <> 1 THEN format('%s links have number %s', links, kept.chain_no) END,
        CASE WHEN NOT EXISTS (
                SELECT 1 FROM snapshot_archive_links(kept.source_table, kept.customer_filter, kept.chain_no - 1) l
                WHERE l.digest = kept.previous_digest)
            THEN format('link %s is missing or has another digest', kept.chain_no - 1) END,
        CASE WHEN NOT EXISTS (
                SELECT 1 FROM snapshot_archive_chain h
                WHERE h.source_table = kept.source_table AND h.customer_filter = kept.customer_filter
                  AND h.chain_no >= kept.chain_no)
            THEN 'the chain ends before it' END);
    RETURN 'change set: ' || nullif(problem, '');
END
$function$;
COMMENT ON FUNCTION snapshot_change_set_fault(BIGINT) IS
    'What is wrong with the change set of an archive, its filter, its record and its place in the chain; NULL: nothing';

CREATE OR REPLACE FUNCTION get_archive_statistics(
    p_customer_filter VARCHAR DEFAULT NULL,
    p_days_back       INTEGER DEFAULT 30)
RETURNS TABLE (
    customer_filter       VARCHAR,
    snapshot_count        BIGINT,
    total_size_mb         NUMERIC,
    avg_compression_ratio NUMERIC,
    oldest_snapshot       TIMESTAMP,
    newest_snapshot       TIMESTAMP)
LANGUAGE plpgsql STABLE AS $function$
BEGIN
    RETURN QUERY
    SELECT a.customer_filter,
           count(*),
           round(sum(coalesce(a.parquet_size, octet_length(a.parquet_data))) / 1048576.0, 2),
           round(avg(a.compression_ratio), 2),
           min(a.snapshot_date),
           max(a.snapshot_date)
    FROM snapshot_archive a
    WHERE (p_customer_filter IS NULL OR a.customer_filter = p_customer_filter)
      AND (p_days_back IS NULL
           OR a.snapshot_date >= (now() AT TIME ZONE 'UTC') - make_interval(days => p_days_back))
    GROUP BY a.customer_filter
    ORDER BY a.customer_filter;
END
$function$;
COMMENT ON FUNCTION get_archive_statistics(VARCHAR, INTEGER) IS
    'Count, size and dates of the archives of the last days, by partition; NULL means all';

CREATE OR REPLACE FUNCTION cleanup_old_archives(
    p_keep_days INTEGER DEFAULT 90,
    p_dry_run   BOOLEAN DEFAULT TRUE)
RETURNS TABLE (
    action          VARCHAR,
    archive_id      BIGINT,
    snapshot_date   TIMESTAMP,
    customer_filter VARCHAR,
    size_mb         NUMERIC)
LANGUAGE plpgsql AS $function$
DECLARE
    obsolete BIGINT[];
    reason   TEXT;
BEGIN
    IF p_keep_days IS NULL OR p_keep_days < 0 THEN
        RAISE EXCEPTION 'p_keep_days is %, expected 0 or more', coalesce(p_keep_days::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- The newest two of each partition of a dataset stay, however old they are.
    SELECT coalesce(array_agg(r.archive_id), '{}') INTO obsolete
    FROM (SELECT a.archive_id, a.snapshot_date, a.retention_until, a.hold_reason, a.hold_until,
                 row_number() OVER (PARTITION BY a.source_table, a.customer_filter
                                    ORDER BY a.snapshot_date DESC, a.archive_id DESC) AS age
          FROM snapshot_archive a) r
    WHERE r.age > 2
      AND r.snapshot_date < (now() AT TIME ZONE 'UTC') - make_interval(days => p_keep_days)
      AND (r.retention_until IS NULL OR r.retention_until <= (now() AT TIME ZONE 'UTC')::date)
      AND NOT snapshot_archive_is_held(r.hold_reason, r.hold_until);

    IF coalesce(p_dry_run, TRUE) THEN
        RETURN QUERY
        SELECT 'DELETE'::varchar, a.archive_id::bigint, a.snapshot_date, a.customer_filter,
               round(coalesce(a.parquet_size, octet_length(a.parquet_data)) / 1048576.0, 2)
        FROM snapshot_archive a
        WHERE a.archive_id = ANY (obsolete)
        ORDER BY a.snapshot_date, a.archive_id;
    ELSE
        -- The tombstones say why; what the caller removes afterwards has the caller's reason again.
        reason := current_setting('hybrid_snapshots.removal_reason', TRUE);
        PERFORM set_config('hybrid_snapshots.removal_reason', format('cleanup_old_archives(%s)', p_keep_days), TRUE);
        -- A hold that was set in the meantime counts: DELETE reads the newest version of the row.
        RETURN QUERY
        WITH removed AS (
            DELETE FROM snapshot_archive a
            WHERE a.archive_id = ANY (obsolete) AND NOT snapshot_archive_is_held(a.hold_reason, a.hold_until)
            RETURNING a.archive_id, a.snapshot_date, a.customer_filter,
                      coalesce(a.parquet_size, octet_length(a.parquet_data)) AS size)
        SELECT 'DELETED'::varchar, r.archive_id::bigint, r.snapshot_date, r.customer_filter, round(r.size / 1048576.0, 2)
        FROM removed r
        ORDER BY r.snapshot_date, r.archive_id;
        PERFORM set_config('hybrid_snapshots.removal_reason', coalesce(reason, ''), TRUE);
    END IF;
END
$function$;
COMMENT ON FUNCTION cleanup_old_archives(INTEGER, BOOLEAN) IS
    'Lists (dry run, the default) or removes archives older than so many days; never the newest two of a partition, nor what is on hold';

CREATE OR REPLACE FUNCTION validate_archive_integrity(
    p_archive_id BIGINT DEFAULT NULL)
RETURNS TABLE (
    archive_id       BIGINT,
    is_valid         BOOLEAN,
    validation_error TEXT,
    file_size_mb     NUMERIC)
LANGUAGE plpgsql STABLE AS $function$
DECLARE
    archive RECORD;
    damage  RECORD;
    found   BOOLEAN := FALSE;
BEGIN
    FOR archive IN
        SELECT a.archive_id AS id FROM snapshot_archive a
        WHERE p_archive_id IS NULL OR a.archive_id = p_archive_id
        ORDER BY a.archive_id
    LOOP
        found := TRUE;
        SELECT * INTO damage FROM snapshot_archive_damage(archive.id);
        archive_id := archive.id;
        validation_error := nullif(concat_ws('; ', damage.detail, snapshot_archive_chain_fault(archive.id),
                                             snapshot_change_set_fault(archive.id)), '');
        is_valid := validation_error IS NULL;
        file_size_mb := round(damage.stored_bytes / 1048576.0, 2);
        RETURN NEXT;
    END LOOP;
    IF NOT found AND p_archive_id IS NOT NULL THEN
        archive_id := p_archive_id;
        is_valid := FALSE;
        validation_error := 'no such archive';
        file_size_mb := NULL;
        RETURN NEXT;
    END IF;
END
$function$;
COMMENT ON FUNCTION validate_archive_integrity(BIGINT) IS
    'Recomputes the digests of the stored bytes, chunks and change sets included, compares sizes, and checks each record''s place in the chain; NULL means every archive';

DO $upgrade$
BEGIN
    -- What an earlier script made and none of these functions calls any more.
    DROP FUNCTION IF EXISTS snapshot_archive_record_digest(BIGINT, TEXT, BIGINT, TEXT, TEXT, TEXT, TIMESTAMP, UUID, BIGINT,
        BIGINT, INTEGER, TEXT, TEXT, TEXT, BIGINT, TEXT, TEXT, BIGINT, BIGINT, BIGINT, BIGINT);
EXCEPTION WHEN dependent_objects_still_exist THEN
    RAISE NOTICE 'the function that digests records in form 1 alone stays: %', SQLERRM;
END
$upgrade$;

DO $triggers$
DECLARE
    place    TEXT := (SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'snapshot_archive'::regclass);
    definer  regprocedure;
    archive  RECORD;
    last     RECORD;
    digest   TEXT;
BEGIN
    -- Functions with the rights of their owner look nowhere but here, and only triggers call those that write.
    FOR definer IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = place::regnamespace AND p.prosecdef
          AND (p.proname LIKE 'snapshot\_archive\_%' OR p.proname LIKE 'snapshot\_change\_set\_%')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', definer, place);
        IF (SELECT provolatile FROM pg_proc WHERE oid = definer) = 'v' THEN
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', definer);
        END IF;
    END LOOP;

    -- No row comes between those that are chained here and those that the trigger chains.
    LOCK TABLE snapshot_archive IN SHARE ROW EXCLUSIVE MODE;

    -- BEFORE triggers run in the order of their names: this one sees what others made of the row.
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_chain BEFORE INSERT ON snapshot_archive
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_before_insert();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_head AFTER INSERT ON snapshot_archive
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_after_insert();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_hold BEFORE DELETE ON snapshot_archive
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_before_delete();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_tombstone AFTER DELETE ON snapshot_archive
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_after_delete();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_tags AFTER UPDATE OF tags ON snapshot_archive
        FOR EACH ROW WHEN (OLD.tags IS DISTINCT FROM NEW.tags) EXECUTE FUNCTION snapshot_archive_after_tags();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_truncate BEFORE TRUNCATE ON snapshot_archive
        FOR EACH STATEMENT EXECUTE FUNCTION snapshot_archive_before_truncate();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_chunk_hold BEFORE DELETE ON snapshot_archive_chunk
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_chunk_before_delete();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_chunk_truncate BEFORE TRUNCATE ON snapshot_archive_chunk
        FOR EACH STATEMENT EXECUTE FUNCTION snapshot_archive_before_truncate();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_redaction_chain BEFORE INSERT ON snapshot_archive_redaction
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_redaction_before_insert();
    CREATE OR REPLACE TRIGGER zz_snapshot_archive_redaction_head AFTER INSERT ON snapshot_archive_redaction
        FOR EACH ROW EXECUTE FUNCTION snapshot_archive_redaction_after_insert();
    CREATE OR REPLACE TRIGGER zz_snapshot_change_set_chain BEFORE INSERT ON snapshot_change_set
        FOR EACH ROW EXECUTE FUNCTION snapshot_change_set_before_insert();
    CREATE OR REPLACE TRIGGER zz_snapshot_change_set_head AFTER INSERT ON snapshot_change_set
        FOR EACH ROW EXECUTE FUNCTION snapshot_change_set_after_insert();
    CREATE OR REPLACE TRIGGER zz_snapshot_change_set_removal BEFORE DELETE ON snapshot_change_set
        FOR EACH ROW EXECUTE FUNCTION snapshot_change_set_before_delete();
    CREATE OR REPLACE TRIGGER zz_snapshot_change_set_truncate BEFORE TRUNCATE ON snapshot_change_set
        FOR EACH STATEMENT EXECUTE FUNCTION snapshot_archive_before_truncate();

    -- Archives from before the chain join it in the order of their numbers; their files are not read.
    FOR archive IN
        SELECT a.archive_id, a.source_table, a.customer_filter FROM snapshot_archive a
        WHERE a.chain_no IS NULL
        ORDER BY a.source_table, a.customer_filter, a.archive_id
    LOOP
        SELECT * INTO last FROM snapshot_archive_lock_chain(archive.source_table, archive.customer_filter);
        UPDATE snapshot_archive a SET chunks_sha256 = snapshot_archive_chunks_digest(a.archive_id)
        WHERE a.archive_id = archive.archive_id AND a.chunk_count IS NOT NULL AND a.chunks_sha256 IS NULL;
        UPDATE snapshot_archive a
        SET chain_no = last.last_no + 1,
            previous_digest = last.last_digest,
            record_digest = snapshot_archive_digest_at(a.archive_id, last.last_no + 1, last.last_digest)
        WHERE a.archive_id = archive.archive_id
        RETURNING a.record_digest INTO digest;
        PERFORM snapshot_archive_move_head(archive.source_table, archive.customer_filter, last.last_no + 1, digest);
    END LOOP;
END
$triggers$;
