-- The archive: every full snapshot as one Parquet file, with what is known of it.
--
-- PostgreSQL 14 or later. Runs with `psql -v ON_ERROR_STOP=1 -1 -f`, as one JDBC statement and through Liquibase
-- (splitStatements=false). Run it again at will: it adds what is missing, to a table that the Python pipeline made
-- too, and keeps every row. All timestamps are UTC.

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

DO $upgrade$
BEGIN
    -- A snapshot may have more rows than an INTEGER counts. The table is rewritten, so only where it has to be.
    IF EXISTS (SELECT 1 FROM pg_attribute
               WHERE attrelid = 'snapshot_archive'::regclass AND attname = 'records_count'
                 AND atttypid = 'integer'::regtype) THEN
        ALTER TABLE snapshot_archive ALTER COLUMN records_count TYPE BIGINT;
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
COMMENT ON TABLE  snapshot_archive_chunk             IS 'Parts of files that are too large for one value, in order';
COMMENT ON COLUMN snapshot_archive_chunk.archive_id  IS 'The archive that the part belongs to';
COMMENT ON COLUMN snapshot_archive_chunk.chunk_no    IS 'Position of the part, from 0';
COMMENT ON COLUMN snapshot_archive_chunk.sha256      IS 'SHA-256 of the part in lower-case hex';
COMMENT ON COLUMN snapshot_archive_chunk.data        IS 'The part';

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
BEGIN
    IF p_keep_days IS NULL OR p_keep_days < 0 THEN
        RAISE EXCEPTION 'p_keep_days is %, expected 0 or more', coalesce(p_keep_days::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- The newest two of each partition of a dataset stay, however old they are.
    SELECT coalesce(array_agg(r.archive_id), '{}') INTO obsolete
    FROM (SELECT a.archive_id, a.snapshot_date, a.retention_until, a.hold_reason,
                 row_number() OVER (PARTITION BY a.source_table, a.customer_filter
                                    ORDER BY a.snapshot_date DESC, a.archive_id DESC) AS age
          FROM snapshot_archive a) r
    WHERE r.age > 2
      AND r.snapshot_date < (now() AT TIME ZONE 'UTC') - make_interval(days => p_keep_days)
      AND (r.retention_until IS NULL OR r.retention_until <= (now() AT TIME ZONE 'UTC')::date)
      AND r.hold_reason IS NULL;

    IF coalesce(p_dry_run, TRUE) THEN
        RETURN QUERY
        SELECT 'DELETE'::varchar, a.archive_id::bigint, a.snapshot_date, a.customer_filter,
               round(coalesce(a.parquet_size, octet_length(a.parquet_data)) / 1048576.0, 2)
        FROM snapshot_archive a
        WHERE a.archive_id = ANY (obsolete)
        ORDER BY a.snapshot_date, a.archive_id;
    ELSE
        -- A hold that was set in the meantime counts: DELETE reads the newest version of the row.
        RETURN QUERY
        WITH removed AS (
            DELETE FROM snapshot_archive a
            WHERE a.archive_id = ANY (obsolete) AND a.hold_reason IS NULL
            RETURNING a.archive_id, a.snapshot_date, a.customer_filter,
                      coalesce(a.parquet_size, octet_length(a.parquet_data)) AS size)
        SELECT 'DELETED'::varchar, r.archive_id::bigint, r.snapshot_date, r.customer_filter, round(r.size / 1048576.0, 2)
        FROM removed r
        ORDER BY r.snapshot_date, r.archive_id;
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
    chunks  RECORD;
    found   BOOLEAN := FALSE;
    stored  BIGINT;
    problem TEXT;
BEGIN
    FOR archive IN
        SELECT a.archive_id AS id, a.parquet_size, a.file_checksum, a.sha256, a.chunk_count, a.chunk_bytes,
               octet_length(a.parquet_data)::bigint AS inline_size
        FROM snapshot_archive a
        WHERE p_archive_id IS NULL OR a.archive_id = p_archive_id
        ORDER BY a.archive_id
    LOOP
        found := TRUE;
        problem := NULL;
        IF archive.chunk_count IS NULL THEN
            stored := archive.inline_size;
            -- One value at a time is held in memory.
            SELECT CASE
                WHEN archive.file_checksum IS NULL AND archive.sha256 IS NULL THEN 'no checksum is stored'
                WHEN encode(sha256(a.parquet_data), 'hex') <> archive.sha256 THEN 'SHA-256 differs'
                WHEN md5(a.parquet_data) <> archive.file_checksum THEN 'MD5 differs'
                END INTO problem
            FROM snapshot_archive a WHERE a.archive_id = archive.id;
        ELSE
            SELECT count(*) AS parts,
                   coalesce(sum(octet_length(c.data)), 0)::bigint AS size,
                   count(*) FILTER (WHERE c.chunk_no >= archive.chunk_count) AS strangers,
                   min(c.chunk_no) FILTER (WHERE encode(sha256(c.data), 'hex') <> c.sha256) AS damaged,
                   min(c.chunk_no) FILTER (WHERE octet_length(c.data) <> archive.chunk_bytes
                                                 AND c.chunk_no < archive.chunk_count - 1) AS short
            INTO chunks
            FROM snapshot_archive_chunk c WHERE c.archive_id = archive.id;
            stored := chunks.size;
            problem := CASE
                WHEN chunks.parts <> archive.chunk_count OR chunks.strangers > 0
                    THEN format('%s chunks, expected %s', chunks.parts, archive.chunk_count)
                WHEN chunks.damaged IS NOT NULL THEN format('SHA-256 of chunk %s differs', chunks.damaged)
                WHEN chunks.short IS NOT NULL THEN format('size of chunk %s differs', chunks.short)
                WHEN archive.inline_size <> 0 THEN 'both chunks and parquet_data hold bytes'
                END;
        END IF;
        IF stored <> archive.parquet_size THEN
            problem := concat_ws('; ', format('%s bytes, expected %s', stored, archive.parquet_size), problem);
        END IF;
        archive_id := archive.id;
        is_valid := problem IS NULL;
        validation_error := problem;
        file_size_mb := round(stored / 1048576.0, 2);
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
    'Recomputes the digests of the stored bytes, chunks included, and compares sizes; NULL means every archive';
