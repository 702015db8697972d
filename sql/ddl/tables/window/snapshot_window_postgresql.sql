-- The window's ledger and its writers, and the functions and triggers that the tables of each dataset need. The program
-- makes those tables (current rows, former versions, staging) from the dataset's definition.
--
-- The window has layout 2: a publish writes the rows that changed, and unchanged rows stay untouched. Each publish has a
-- number that rises per partition. A row has the number of the first snapshot with its version. A former version also
-- has the number of the first snapshot without it. The script brings windows of layout 1 to layout 2.
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
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS number BIGINT;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS state_token TEXT;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS row_versions TEXT;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS base_batch UUID;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS base_token TEXT;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS rows_new BIGINT;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS rows_changed BIGINT;
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS rows_deleted BIGINT;
-- Entries without it are of layout 1. Programs of layout 1 do not name it, so there is no default.
ALTER TABLE snapshot_ledger ADD COLUMN IF NOT EXISTS layout INTEGER NOT NULL DEFAULT 1;
ALTER TABLE snapshot_ledger ALTER COLUMN layout DROP DEFAULT;

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
CREATE UNIQUE INDEX IF NOT EXISTS ux_snapshot_ledger_number ON snapshot_ledger (dataset, partition, number)
    WHERE number IS NOT NULL;

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
COMMENT ON COLUMN snapshot_ledger.number       IS 'Rises with each publish of a partition; NULL before the publish, and where layout 1 retired it';
COMMENT ON COLUMN snapshot_ledger.state_token  IS 'State of the current rows when it became current: count, rows without a number, newest date, XOR of hashes of rows';
COMMENT ON COLUMN snapshot_ledger.row_versions IS 'Number of its rows, sum of hashes of the transactions that wrote them, hash of the table''s columns';
COMMENT ON COLUMN snapshot_ledger.base_batch   IS 'The current snapshot that its staged changes were counted from; NULL where all its rows were staged';
COMMENT ON COLUMN snapshot_ledger.base_token   IS 'State of the current rows that its staged changes were counted from';
COMMENT ON COLUMN snapshot_ledger.rows_new     IS 'Rows that its base lacks; NULL where all its rows were staged';
COMMENT ON COLUMN snapshot_ledger.rows_changed IS 'Rows that its base has with another hash or other carried texts';
COMMENT ON COLUMN snapshot_ledger.rows_deleted IS 'Rows that only its base has';
COMMENT ON COLUMN snapshot_ledger.layout       IS 'Layout of the window that its writer knew; an entry of an older program is refused';
COMMENT ON COLUMN snapshot_ledger.started_at   IS 'When its staging began, UTC';
COMMENT ON COLUMN snapshot_ledger.sealed_at    IS 'When all its rows were staged, UTC';
COMMENT ON COLUMN snapshot_ledger.published_at IS 'When it became visible, UTC';
COMMENT ON TABLE  snapshot_writer              IS 'Who writes, or last wrote, to a partition; the lock itself is an advisory lock of the writer''s session';
COMMENT ON COLUMN snapshot_writer.dataset      IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_writer.partition    IS 'Partition; empty in the row that says which of the names that differ in case has the tables';
COMMENT ON COLUMN snapshot_writer.fence        IS 'Counts the writers; a writer whose number is no longer here has lost the lock';
COMMENT ON COLUMN snapshot_writer.holder       IS 'The writer: program, host, process';
COMMENT ON COLUMN snapshot_writer.since        IS 'When it took the lock, UTC';

-- An older program would publish whole snapshots and read former versions as whole ones.
CREATE OR REPLACE FUNCTION snapshot_ledger_layout() RETURNS TRIGGER LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.layout IS DISTINCT FROM 2
            OR NEW.state IN ('CURRENT', 'PREVIOUS') AND NEW.number IS NULL
                AND (TG_OP = 'INSERT' OR OLD.state IS DISTINCT FROM NEW.state) THEN
        RAISE EXCEPTION 'the window has layout 2, and the program that writes to it knows an earlier one'
            USING ERRCODE = 'SW001', HINT = 'Nothing was changed. Use a release of the program that knows layout 2.';
    END IF;
    RETURN NEW;
END
$function$;
COMMENT ON FUNCTION snapshot_ledger_layout() IS 'Trigger: refuses what programs of an earlier layout write';

-- The view of previous snapshots has the name of the table that layout 1 wrote to.
CREATE OR REPLACE FUNCTION snapshot_window_history_refused() RETURNS TRIGGER LANGUAGE plpgsql AS $function$
BEGIN
    RAISE EXCEPTION 'the window has layout 2, and previous snapshots are not written whole'
        USING ERRCODE = 'SW001', HINT = 'Nothing was changed. Use a release of the program that knows layout 2.';
END
$function$;
COMMENT ON FUNCTION snapshot_window_history_refused() IS 'Trigger: refuses what programs of an earlier layout write';

-- A previous snapshot shares unchanged rows with the current table. Where a foreign statement takes such a row away or
-- changes it, this trigger keeps the row among the former versions. A changed row then belongs to the current snapshot
-- alone, and a row with another identity to none. The program's own sessions are silent: in their transactions the
-- setting hybrid_snapshots.window_writer is on.
-- The function has the rights of its owner, so that writers need no right on other tables than the current one.
CREATE OR REPLACE FUNCTION snapshot_window_keep() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
    live    CONSTANT TEXT := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME);
    version CONSTANT TEXT := format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME || '_version');
    -- Per partition: the number of the current snapshot and that of the newest previous one.
    edge    CONSTANT TEXT := format(
        '(SELECT partition, coalesce(max(number) FILTER (WHERE state = ''CURRENT''), max(number) + 1) AS here,'
        ' max(number) FILTER (WHERE state = ''PREVIOUS'') AS previous FROM %I.snapshot_ledger'
        ' WHERE dataset = %L GROUP BY partition)', TG_TABLE_SCHEMA, TG_ARGV[0]);
    shared  CONSTANT TEXT := 'e.partition = o.customer_filter AND o.first_number < e.here AND o.first_number <= e.previous';
    twin    CONSTANT TEXT := 'n.customer_filter = o.customer_filter AND n.record_uuid = o.record_uuid';
    names   TEXT;
    texts   TEXT;
    differs TEXT;
BEGIN
    IF current_setting('hybrid_snapshots.window_writer', true) = 'on' THEN
        RETURN NULL;
    END IF;
    -- On a table of another schema, a stranger could have the owner of this function run the stranger's own triggers.
    IF (SELECT p.pronamespace FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = TG_RELID AND t.tgname = TG_NAME)
            IS DISTINCT FROM (SELECT relnamespace FROM pg_class WHERE oid = TG_RELID) THEN
        RAISE EXCEPTION 'the trigger % on %.% calls the function of another schema', TG_NAME, TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege', HINT = 'Nothing was changed. Remove the trigger.';
    END IF;
    SELECT string_agg(quote_ident(v.attname), ', ' ORDER BY v.attnum),
           string_agg('o.' || quote_ident(v.attname), ', ' ORDER BY v.attnum),
           string_agg(format('o.%1$I IS DISTINCT FROM n.%1$I', v.attname), ' OR ') FILTER (WHERE v.attname NOT IN
               ('record_uuid', 'customer_filter', 'snapshot_date', 'batch_id', 'records_count', 'parquet_archive_id',
                'first_number'))
    INTO names, texts, differs
    FROM pg_attribute v
    JOIN pg_attribute c ON c.attrelid = TG_RELID AND c.attname = v.attname AND c.attnum > 0 AND NOT c.attisdropped
    WHERE v.attrelid = version::regclass AND v.attnum > 0 AND NOT v.attisdropped;
    IF TG_OP <> 'UPDATE' THEN
        EXECUTE format('INSERT INTO %s (%s, last_number) SELECT %s, e.here FROM %s o, %s e WHERE %s', version, names,
            texts, CASE TG_OP WHEN 'TRUNCATE' THEN live ELSE 'old_rows' END, edge, shared);
        RETURN NULL;
    END IF;
    EXECUTE format('INSERT INTO %s (%s, last_number) SELECT %s, e.here FROM %s e, old_rows o LEFT JOIN new_rows n ON %s'
        ' WHERE %s AND (n.record_uuid IS NULL OR %s)', version, names, texts, edge, twin, shared, differs);
    PERFORM set_config('hybrid_snapshots.window_writer', 'on', true);
    EXECUTE format('UPDATE %s c SET first_number = e.here FROM %s e, old_rows o JOIN new_rows n ON %s'
        ' WHERE %s AND (%s) AND c.customer_filter = o.customer_filter AND c.record_uuid = o.record_uuid',
        live, edge, twin, shared, differs);
    EXECUTE format('UPDATE %s c SET first_number = NULL FROM new_rows n LEFT JOIN old_rows o ON %s'
        ' WHERE o.record_uuid IS NULL AND c.first_number IS NOT NULL AND c.customer_filter = n.customer_filter'
        ' AND c.record_uuid = n.record_uuid', live, twin);
    PERFORM set_config('hybrid_snapshots.window_writer', '', true);
    RETURN NULL;
END
$function$;
COMMENT ON FUNCTION snapshot_window_keep() IS
    'Trigger: keeps the rows of previous snapshots that a foreign statement takes away or changes';

-- Brings the tables of one dataset to layout 2 and makes their views and triggers. Objects that are in place stay.
-- The program calls it before and after it makes missing tables.
CREATE OR REPLACE FUNCTION snapshot_window_layout(p_schema TEXT, p_dataset TEXT) RETURNS VOID
LANGUAGE plpgsql AS $function$
DECLARE
    stem    CONSTANT TEXT := lower(p_dataset COLLATE "C") || '_snapshot';
    ledger  CONSTANT TEXT := format('%I.snapshot_ledger', p_schema);
    live    CONSTANT TEXT := format('%I.%I', p_schema, stem);
    version CONSTANT TEXT := format('%I.%I', p_schema, stem || '_version');
    present CONSTANT TEXT := format('%I.%I', p_schema, stem || '_current');
    history CONSTANT TEXT := format('%I.%I', p_schema, stem || '_history');
    whole   CONSTANT TEXT := format('%I.%I', p_schema, stem || '_history_whole');
    staging CONSTANT TEXT := format('%I.%I', p_schema, stem || '_staging');
    entry    RECORD;
    known    BOOLEAN;
    previous TEXT;
    columns  TEXT;
    stamped  TEXT;
    copied   TEXT;
    keeper   TEXT;
BEGIN
    IF to_regclass(live) IS NULL THEN
        RETURN;
    END IF;

    -- Layout 1: its current snapshots and their rows get a number.
    EXECUTE format('UPDATE %1$s l SET number = 1 + coalesce((SELECT max(number) FROM %1$s o WHERE o.dataset = l.dataset'
        ' AND o.partition = l.partition), 0) WHERE dataset = $1 AND state = ''CURRENT'' AND number IS NULL', ledger)
        USING p_dataset;
    IF NOT EXISTS (SELECT 1 FROM pg_attribute
                   WHERE attrelid = live::regclass AND attname = 'first_number' AND NOT attisdropped) THEN
        EXECUTE format('ALTER TABLE %s ADD COLUMN first_number BIGINT', live);
        EXECUTE format('UPDATE %s c SET first_number = l.number FROM %s l WHERE l.dataset = $1 AND l.state = ''CURRENT'''
            ' AND l.partition = c.customer_filter AND l.batch_id = c.batch_id', live, ledger) USING p_dataset;
        -- The state of rows that layout 1 takes for the published ones, in the program's own words. An entry without it
        -- is followed by a snapshot that is stored whole.
        FOR entry IN EXECUTE format('SELECT partition, carried_columns FROM %s WHERE dataset = $1'
            ' AND state = ''CURRENT'' AND carried_columns IS NOT NULL', ledger) USING p_dataset
        LOOP
            SELECT string_agg(format(' # coalesce(hashtextextended(%I, %s), 0)', c.name, c.place), '' ORDER BY c.place),
                   bool_and(a.attname IS NOT NULL)
              INTO columns, known
              FROM unnest(entry.carried_columns) WITH ORDINALITY c (name, place)
              LEFT JOIN pg_attribute a
                ON a.attrelid = live::regclass AND a.attname = c.name AND a.attnum > 0 AND NOT a.attisdropped;
            IF coalesce(known, TRUE) THEN
                EXECUTE format('UPDATE %s l SET state_token = concat_ws(''/'', t.rows, 0, t.newest, t.hashes)'
                    ' FROM (SELECT count(*) AS rows, count(first_number) AS numbered,'
                    ' extract(epoch FROM max(snapshot_date)) AS newest,'
                    ' bit_xor(hashtextextended(row_hash, uuid_hash_extended(record_uuid, 0%s))) AS hashes'
                    ' FROM %s WHERE customer_filter = $2) t WHERE l.dataset = $1 AND l.state = ''CURRENT'''
                    ' AND l.partition = $2 AND t.rows = l.row_count AND t.numbered = t.rows',
                    ledger, coalesce(columns, ''), live)
                    USING p_dataset, entry.partition;
            END IF;
        END LOOP;
        IF (SELECT 'fillfactor=45' = ANY (reloptions) FROM pg_class WHERE oid = live::regclass) THEN
            EXECUTE format('ALTER TABLE %s SET (fillfactor = 90)', live);
        END IF;
    END IF;
    EXECUTE format('COMMENT ON COLUMN %s.first_number IS %L', live,
        'Number of the first snapshot with this version of the row; NULL where a foreign writer made it');

    -- Layout 1: its whole copies stay until they leave the window.
    IF EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass(history) AND relkind = 'r') THEN
        EXECUTE format('ALTER TABLE %s RENAME TO %I', history, stem || '_history_whole');
        EXECUTE format('COMMENT ON TABLE %s IS %L', whole, 'Previous snapshots of ' || p_dataset || ' from layout 1, whole');
    END IF;
    IF to_regclass(version) IS NULL AND to_regclass(whole) IS NOT NULL THEN
        EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING COMMENTS)', version, whole);
        EXECUTE format('ALTER TABLE %s ADD COLUMN first_number BIGINT NOT NULL, ADD COLUMN last_number BIGINT NOT NULL',
            version);
    END IF;
    IF to_regclass(version) IS NULL THEN
        RETURN;
    END IF;

    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %s (customer_filter, last_number)', stem || '_version_last', version);
    EXECUTE format('COMMENT ON TABLE %s IS %L', version,
        'Former versions of rows of ' || p_dataset || ' that previous snapshots have');
    EXECUTE format('COMMENT ON COLUMN %s.first_number IS %L', version,
        'Number of the first snapshot with this version of the row');
    EXECUTE format('COMMENT ON COLUMN %s.last_number IS %L', version,
        'Number of the first snapshot without this version of the row');

    IF to_regclass(staging) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_attribute
            WHERE attrelid = to_regclass(staging) AND attname = 'former_hash' AND NOT attisdropped) THEN
        EXECUTE format('ALTER TABLE %s ADD COLUMN former_hash VARCHAR(64), ALTER COLUMN row_hash DROP NOT NULL', staging);
        EXECUTE format('COMMENT ON COLUMN %s.former_hash IS %L', staging,
            'Hash of the row in the base of the changes; NULL for a NEW row, and where all rows are staged');
    END IF;

    -- The views. A row has the stamps of the snapshot with which its version appeared; they show those of a snapshot.
    SELECT string_agg(CASE attname WHEN 'snapshot_date' THEN 'coalesce(p.date, r.snapshot_date) AS snapshot_date'
               WHEN 'batch_id' THEN 'coalesce(p.batch_id, r.batch_id) AS batch_id'
               WHEN 'records_count' THEN 'coalesce(p.row_count, r.records_count) AS records_count'
               WHEN 'parquet_archive_id' THEN
                   'CASE WHEN p.batch_id IS NULL THEN r.parquet_archive_id ELSE p.archive_id END AS parquet_archive_id'
               ELSE 'r.' || quote_ident(attname) END, ', ' ORDER BY attnum),
           string_agg(CASE attname WHEN 'snapshot_date' THEN 'p.date AS snapshot_date' WHEN 'batch_id' THEN 'p.batch_id'
               WHEN 'records_count' THEN 'p.row_count AS records_count'
               WHEN 'parquet_archive_id' THEN 'p.archive_id AS parquet_archive_id'
               ELSE 'r.' || quote_ident(attname) END, ', ' ORDER BY attnum)
    INTO columns, stamped
    FROM pg_attribute
    WHERE attrelid = version::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('first_number', 'last_number');
    EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT %s FROM %s r LEFT JOIN %s p ON p.dataset = %L'
        ' AND p.state = ''CURRENT'' AND p.partition = r.customer_filter AND r.first_number <= p.number',
        present, columns, live, ledger, p_dataset);
    EXECUTE format('COMMENT ON VIEW %s IS %L', present,
        'Current snapshot of every partition of ' || p_dataset || '; each row has the stamps of that snapshot');

    -- A snapshot whose rows are not all there is not shown.
    previous := format(' WHERE p.dataset = %L AND p.state = ''PREVIOUS'' AND p.row_count ='
        ' (SELECT count(*) FROM %s c WHERE c.customer_filter = p.partition AND c.first_number <= p.number)'
        ' + (SELECT count(*) FROM %s v WHERE v.customer_filter = p.partition AND v.first_number <= p.number'
        ' AND v.last_number > p.number)', p_dataset, live, version);
    SELECT string_agg(CASE WHEN w.attname IS NULL THEN format('NULL::%s', format_type(v.atttypid, v.atttypmod))
               ELSE 'w.' || quote_ident(v.attname) END, ', ' ORDER BY v.attnum)
    INTO copied
    FROM pg_attribute v
    LEFT JOIN pg_attribute w ON w.attrelid = to_regclass(whole) AND w.attname = v.attname AND NOT w.attisdropped
    WHERE v.attrelid = version::regclass AND v.attnum > 0 AND NOT v.attisdropped
      AND v.attname NOT IN ('first_number', 'last_number');
    EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT %s FROM %s p JOIN %s r ON r.customer_filter = p.partition'
        ' AND r.first_number <= p.number AND r.last_number > p.number', history, stamped, ledger, version) || previous
        || format(' UNION ALL SELECT %s FROM %s p JOIN %s r ON r.customer_filter = p.partition'
        ' AND r.first_number <= p.number', stamped, ledger, live) || previous
        || CASE WHEN to_regclass(whole) IS NULL THEN '' ELSE format(' UNION ALL SELECT %s FROM %s w', copied, whole) END;
    EXECUTE format('COMMENT ON VIEW %s IS %L', history,
        'Previous snapshots of every partition of ' || p_dataset || ', whole');

    IF NOT EXISTS (SELECT 1 FROM pg_trigger
                   WHERE tgrelid = history::regclass AND tgname = 'snapshot_window_history_refused') THEN
        EXECUTE format('CREATE TRIGGER snapshot_window_history_refused INSTEAD OF INSERT OR UPDATE OR DELETE ON %s'
            ' FOR EACH ROW EXECUTE FUNCTION %I.snapshot_window_history_refused()', history, p_schema);
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_trigger
                   WHERE tgrelid = live::regclass AND tgname = 'snapshot_window_keep_truncated') THEN
        EXECUTE format('CREATE TRIGGER snapshot_window_keep_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION %I.snapshot_window_keep(%L)', live, p_schema, p_dataset);
        EXECUTE format('CREATE TRIGGER snapshot_window_keep_updated AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows'
            ' NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %I.snapshot_window_keep(%L)', live, p_schema,
            p_dataset);
        EXECUTE format('CREATE TRIGGER snapshot_window_keep_truncated BEFORE TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION %I.snapshot_window_keep(%L)', live, p_schema, p_dataset);
        -- The trigger works with the rights of its function's owner, who may be another than that of the tables.
        SELECT proowner::regrole::text INTO keeper FROM pg_proc
        WHERE proname = 'snapshot_window_keep' AND pronamespace = (SELECT relnamespace FROM pg_class WHERE oid = live::regclass);
        EXECUTE format('GRANT SELECT, UPDATE ON %s TO %s', live, keeper);
        EXECUTE format('GRANT INSERT ON %s TO %s', version, keeper);
    END IF;
END
$function$;
COMMENT ON FUNCTION snapshot_window_layout(TEXT, TEXT) IS
    'Brings the tables of a dataset to layout 2 and makes their views and triggers';

DO $layout$
BEGIN
    PERFORM snapshot_window_layout(current_schema(), dataset) FROM (
        SELECT dataset FROM snapshot_ledger
        UNION SELECT dataset FROM snapshot_writer WHERE partition = '') known
    -- Of two names that differ in case, one has the tables.
    WHERE NOT EXISTS (SELECT 1 FROM snapshot_writer o WHERE o.partition = ''
        AND lower(o.dataset COLLATE "C") = lower(known.dataset COLLATE "C") AND o.dataset <> known.dataset);
    -- Last, as what layout 1 left passes none of its checks.
    IF NOT EXISTS (SELECT 1 FROM pg_trigger
                   WHERE tgrelid = 'snapshot_ledger'::regclass AND tgname = 'snapshot_ledger_layout') THEN
        CREATE TRIGGER snapshot_ledger_layout BEFORE INSERT OR UPDATE OF state ON snapshot_ledger
            FOR EACH ROW EXECUTE FUNCTION snapshot_ledger_layout();
    END IF;
END
$layout$;
