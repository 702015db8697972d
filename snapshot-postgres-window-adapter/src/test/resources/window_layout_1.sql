-- A window of layout 1, as builds before layout 2 left it: two datasets, with current, previous, staged, undone,
-- removed and foreign snapshots, and one that lost a row.

CREATE TABLE orders_unified_snapshot (
    record_uuid uuid NOT NULL,
    row_hash character varying(64) NOT NULL,
    "AAG ORDER NUMBER" text,
    "CUSTOMER NAME" text,
    "CUSTOMER STYLE" text,
    snapshot_date timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    customer_filter character varying(255) DEFAULT 'ALL'::character varying NOT NULL,
    batch_id uuid,
    records_count bigint,
    parquet_archive_id bigint,
    CONSTRAINT orders_unified_snapshot_pk PRIMARY KEY (customer_filter, record_uuid)
) WITH (fillfactor=45);
CREATE INDEX orders_unified_snapshot_key ON public.orders_unified_snapshot USING btree ("AAG ORDER NUMBER");
CREATE INDEX orders_unified_snapshot_uuid ON public.orders_unified_snapshot USING btree (record_uuid);
COMMENT ON TABLE orders_unified_snapshot IS 'Current snapshot of every partition of ORDERS_UNIFIED';
COMMENT ON COLUMN orders_unified_snapshot.record_uuid IS 'Stable identity of the row';
COMMENT ON COLUMN orders_unified_snapshot.row_hash IS 'SHA-256 of the row, 64 lower-case hex digits';
COMMENT ON COLUMN orders_unified_snapshot."AAG ORDER NUMBER" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot."CUSTOMER NAME" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot."CUSTOMER STYLE" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot.snapshot_date IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN orders_unified_snapshot.customer_filter IS 'Partition; ALL is the whole table';
COMMENT ON COLUMN orders_unified_snapshot.batch_id IS 'Id of the snapshot; NULL where a foreign writer made it';
COMMENT ON COLUMN orders_unified_snapshot.records_count IS 'Rows in the snapshot';
COMMENT ON COLUMN orders_unified_snapshot.parquet_archive_id IS 'snapshot_archive.archive_id; NULL where there is none yet';
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0000-8000-000000000000', '0000000000000000000000000000000000000000000000000000000000000000', 'JOO-0', 'GREYSON', NULL, '2026-03-03 12:00:00', 'GREYSON', NULL, NULL, NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0000-8000-000000000000', '000000000000000100000000000000000000000000000000ffffffffffffffff', 'JOO-00000', 'GREYSON', NULL, '2026-03-03 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000003', '6', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0000-8000-000000000000', '000000000000000300000000000000000000000000000000ffffffffffffffff', 'JOO-00000', 'GREYSON', NULL, '2026-03-01 06:00:00.000001', 'BROKEN', '00000000-0000-00f1-8000-000000000007', '3', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0001-8000-000000000001', '000000000000000100000000000000010000000000000000ffffffffffffffff', 'JOO-00001', 'GREYSON', NULL, '2026-03-03 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000003', '6', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0001-8000-000000000001', '1111111111111111111111111111111111111111111111111111111111111111', 'JOO-1', 'GREYSON', NULL, '2026-03-03 12:00:00', 'GREYSON', NULL, NULL, NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0002-8000-000000000002', '000000000000000100000000000000020000000000000008ffffffffffffffff', 'JOO-00002', 'GREYSON', NULL, '2026-03-03 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000003', '6', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0002-8000-000000000002', '000000000000000300000000000000020000000000000000ffffffffffffffff', 'JOO-00002', 'GREYSON', NULL, '2026-03-01 06:00:00.000001', 'BROKEN', '00000000-0000-00f1-8000-000000000007', '3', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0002-8000-000000000002', '2222222222222222222222222222222222222222222222222222222222222222', 'JOO-2', 'GREYSON', NULL, '2026-03-03 12:00:00', 'GREYSON', NULL, NULL, NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0003-8000-000000000003', '000000000000000100000000000000030000000000000000ffffffffffffffff', 'JOO-00003', 'GREYSON', NULL, '2026-03-03 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000003', '6', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0003-8000-000000000003', '3333333333333333333333333333333333333333333333333333333333333333', 'JOO-3', 'GREYSON', NULL, '2026-03-03 12:00:00', 'GREYSON', NULL, NULL, NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0004-8000-000000000004', '000000000000000100000000000000040000000000000000ffffffffffffffff', 'JOO-00004', 'GREYSON', NULL, '2026-03-03 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000003', '6', NULL);
INSERT INTO orders_unified_snapshot (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0005-8000-000000000005', '000000000000000100000000000000050000000000000000ffffffffffffffff', 'JOO-00005', 'GREYSON', NULL, '2026-03-03 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000003', '6', NULL);

CREATE TABLE orders_unified_snapshot_history (
    record_uuid uuid NOT NULL,
    row_hash character varying(64) NOT NULL,
    "AAG ORDER NUMBER" text,
    "CUSTOMER NAME" text,
    "CUSTOMER STYLE" text,
    snapshot_date timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    customer_filter character varying(255) DEFAULT 'ALL'::character varying NOT NULL,
    batch_id uuid NOT NULL,
    records_count bigint,
    parquet_archive_id bigint,
    CONSTRAINT orders_unified_snapshot_history_pk PRIMARY KEY (customer_filter, batch_id, record_uuid)
);
COMMENT ON TABLE orders_unified_snapshot_history IS 'Previous snapshots of every partition of ORDERS_UNIFIED';
COMMENT ON COLUMN orders_unified_snapshot_history.record_uuid IS 'Stable identity of the row';
COMMENT ON COLUMN orders_unified_snapshot_history.row_hash IS 'SHA-256 of the row, 64 lower-case hex digits';
COMMENT ON COLUMN orders_unified_snapshot_history."AAG ORDER NUMBER" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot_history."CUSTOMER NAME" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot_history."CUSTOMER STYLE" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot_history.snapshot_date IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN orders_unified_snapshot_history.customer_filter IS 'Partition; ALL is the whole table';
COMMENT ON COLUMN orders_unified_snapshot_history.batch_id IS 'Id of the snapshot; NULL where a foreign writer made it';
COMMENT ON COLUMN orders_unified_snapshot_history.records_count IS 'Rows in the snapshot';
COMMENT ON COLUMN orders_unified_snapshot_history.parquet_archive_id IS 'snapshot_archive.archive_id; NULL where there is none yet';
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0000-8000-000000000000', '000000000000000100000000000000000000000000000000ffffffffffffffff', 'JOO-00000', 'GREYSON', NULL, '2026-03-02 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000002', '6', '12');
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0000-8000-000000000000', '000000000000000200000000000000000000000000000000ffffffffffffffff', 'JOO-00000', 'GREYSON', NULL, '2026-03-01 06:00:00.000001', 'GREYSON', '00000000-0000-00f1-8000-000000000005', '3', NULL);
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0001-8000-000000000001', '000000000000000100000000000000010000000000000000ffffffffffffffff', 'JOO-00001', 'GREYSON', NULL, '2026-03-02 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000002', '6', '12');
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0001-8000-000000000001', '000000000000000200000000000000010000000000000000ffffffffffffffff', 'JOO-00001', 'GREYSON', NULL, '2026-03-01 06:00:00.000001', 'GREYSON', '00000000-0000-00f1-8000-000000000005', '3', NULL);
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0002-8000-000000000002', '000000000000000100000000000000020000000000000007ffffffffffffffff', 'JOO-00002', 'GREYSON', NULL, '2026-03-02 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000002', '6', '12');
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0002-8000-000000000002', '000000000000000200000000000000020000000000000000ffffffffffffffff', 'JOO-00002', 'GREYSON', NULL, '2026-03-01 06:00:00.000001', 'GREYSON', '00000000-0000-00f1-8000-000000000005', '3', NULL);
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0003-8000-000000000003', '000000000000000100000000000000030000000000000000ffffffffffffffff', 'JOO-00003', 'GREYSON', NULL, '2026-03-02 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000002', '6', '12');
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0004-8000-000000000004', '000000000000000100000000000000040000000000000000ffffffffffffffff', 'JOO-00004', 'GREYSON', NULL, '2026-03-02 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000002', '6', '12');
INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0005-8000-000000000005', '000000000000000100000000000000050000000000000000ffffffffffffffff', 'JOO-00005', 'GREYSON', NULL, '2026-03-02 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000002', '6', '12');

CREATE TABLE orders_unified_snapshot_staging (
    batch_id uuid NOT NULL,
    record_uuid uuid NOT NULL,
    row_hash character varying(64) NOT NULL,
    "AAG ORDER NUMBER" text,
    "CUSTOMER NAME" text,
    "CUSTOMER STYLE" text
);
CREATE INDEX orders_unified_snapshot_staging_batch ON public.orders_unified_snapshot_staging USING btree (batch_id);
COMMENT ON TABLE orders_unified_snapshot_staging IS 'Rows of snapshots of ORDERS_UNIFIED that are being loaded; nobody else reads it';
COMMENT ON COLUMN orders_unified_snapshot_staging.batch_id IS 'Id of the snapshot; NULL where a foreign writer made it';
COMMENT ON COLUMN orders_unified_snapshot_staging.record_uuid IS 'Stable identity of the row';
COMMENT ON COLUMN orders_unified_snapshot_staging.row_hash IS 'SHA-256 of the row, 64 lower-case hex digits';
COMMENT ON COLUMN orders_unified_snapshot_staging."AAG ORDER NUMBER" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot_staging."CUSTOMER NAME" IS 'Carried from the source as text';
COMMENT ON COLUMN orders_unified_snapshot_staging."CUSTOMER STYLE" IS 'Carried from the source as text';
INSERT INTO orders_unified_snapshot_staging (batch_id, record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE") VALUES ('00000000-0000-00f1-8000-000000000004', '00000000-0000-0000-8000-000000000000', '000000000000000100000000000000000000000000000000ffffffffffffffff', 'JOO-00000', 'GREYSON', NULL);
INSERT INTO orders_unified_snapshot_staging (batch_id, record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE") VALUES ('00000000-0000-00f1-8000-000000000004', '00000000-0000-0001-8000-000000000001', '000000000000000100000000000000010000000000000000ffffffffffffffff', 'JOO-00001', 'GREYSON', NULL);
INSERT INTO orders_unified_snapshot_staging (batch_id, record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE") VALUES ('00000000-0000-00f1-8000-000000000004', '00000000-0000-0002-8000-000000000002', '000000000000000100000000000000020000000000000009ffffffffffffffff', 'JOO-00002', 'GREYSON', NULL);
INSERT INTO orders_unified_snapshot_staging (batch_id, record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE") VALUES ('00000000-0000-00f1-8000-000000000004', '00000000-0000-0003-8000-000000000003', '000000000000000100000000000000030000000000000000ffffffffffffffff', 'JOO-00003', 'GREYSON', NULL);
INSERT INTO orders_unified_snapshot_staging (batch_id, record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE") VALUES ('00000000-0000-00f1-8000-000000000004', '00000000-0000-0004-8000-000000000004', '000000000000000100000000000000040000000000000009ffffffffffffffff', 'JOO-00004', 'GREYSON', NULL);
INSERT INTO orders_unified_snapshot_staging (batch_id, record_uuid, row_hash, "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE") VALUES ('00000000-0000-00f1-8000-000000000004', '00000000-0000-0005-8000-000000000005', '000000000000000100000000000000050000000000000000ffffffffffffffff', 'JOO-00005', 'GREYSON', NULL);

CREATE TABLE plain_snapshot (
    record_uuid uuid NOT NULL,
    row_hash character varying(64) NOT NULL,
    snapshot_date timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    customer_filter character varying(255) DEFAULT 'ALL'::character varying NOT NULL,
    batch_id uuid,
    records_count bigint,
    parquet_archive_id bigint,
    CONSTRAINT plain_snapshot_pk PRIMARY KEY (customer_filter, record_uuid)
) WITH (fillfactor=45);
CREATE INDEX plain_snapshot_uuid ON public.plain_snapshot USING btree (record_uuid);
COMMENT ON TABLE plain_snapshot IS 'Current snapshot of every partition of Plain';
COMMENT ON COLUMN plain_snapshot.record_uuid IS 'Stable identity of the row';
COMMENT ON COLUMN plain_snapshot.row_hash IS 'SHA-256 of the row, 64 lower-case hex digits';
COMMENT ON COLUMN plain_snapshot.snapshot_date IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN plain_snapshot.customer_filter IS 'Partition; ALL is the whole table';
COMMENT ON COLUMN plain_snapshot.batch_id IS 'Id of the snapshot; NULL where a foreign writer made it';
COMMENT ON COLUMN plain_snapshot.records_count IS 'Rows in the snapshot';
COMMENT ON COLUMN plain_snapshot.parquet_archive_id IS 'snapshot_archive.archive_id; NULL where there is none yet';
INSERT INTO plain_snapshot (record_uuid, row_hash, snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0000-8000-000000000000', '000000000000000400000000000000000000000000000000ffffffffffffffff', '2026-03-01 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000009', '2', NULL);
INSERT INTO plain_snapshot (record_uuid, row_hash, snapshot_date, customer_filter, batch_id, records_count, parquet_archive_id) VALUES ('00000000-0000-0001-8000-000000000001', '000000000000000400000000000000010000000000000000ffffffffffffffff', '2026-03-01 06:00:00.000001', 'ALL', '00000000-0000-00f1-8000-000000000009', '2', NULL);

CREATE TABLE plain_snapshot_history (
    record_uuid uuid NOT NULL,
    row_hash character varying(64) NOT NULL,
    snapshot_date timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text) NOT NULL,
    customer_filter character varying(255) DEFAULT 'ALL'::character varying NOT NULL,
    batch_id uuid NOT NULL,
    records_count bigint,
    parquet_archive_id bigint,
    CONSTRAINT plain_snapshot_history_pk PRIMARY KEY (customer_filter, batch_id, record_uuid)
);
COMMENT ON TABLE plain_snapshot_history IS 'Previous snapshots of every partition of Plain';
COMMENT ON COLUMN plain_snapshot_history.record_uuid IS 'Stable identity of the row';
COMMENT ON COLUMN plain_snapshot_history.row_hash IS 'SHA-256 of the row, 64 lower-case hex digits';
COMMENT ON COLUMN plain_snapshot_history.snapshot_date IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN plain_snapshot_history.customer_filter IS 'Partition; ALL is the whole table';
COMMENT ON COLUMN plain_snapshot_history.batch_id IS 'Id of the snapshot; NULL where a foreign writer made it';
COMMENT ON COLUMN plain_snapshot_history.records_count IS 'Rows in the snapshot';
COMMENT ON COLUMN plain_snapshot_history.parquet_archive_id IS 'snapshot_archive.archive_id; NULL where there is none yet';

CREATE TABLE plain_snapshot_staging (
    batch_id uuid NOT NULL,
    record_uuid uuid NOT NULL,
    row_hash character varying(64) NOT NULL
);
CREATE INDEX plain_snapshot_staging_batch ON public.plain_snapshot_staging USING btree (batch_id);
COMMENT ON TABLE plain_snapshot_staging IS 'Rows of snapshots of Plain that are being loaded; nobody else reads it';
COMMENT ON COLUMN plain_snapshot_staging.batch_id IS 'Id of the snapshot; NULL where a foreign writer made it';
COMMENT ON COLUMN plain_snapshot_staging.record_uuid IS 'Stable identity of the row';
COMMENT ON COLUMN plain_snapshot_staging.row_hash IS 'SHA-256 of the row, 64 lower-case hex digits';

CREATE TABLE snapshot_ledger (
    dataset character varying(100) NOT NULL,
    batch_id uuid NOT NULL,
    partition character varying(255) NOT NULL,
    date timestamp without time zone NOT NULL,
    row_count bigint DEFAULT 0 NOT NULL,
    state character varying(10) NOT NULL,
    hash_spec_id character varying(100),
    fingerprint character varying(64),
    archive_id bigint,
    column_names text[],
    column_types text[],
    started_at timestamp without time zone,
    sealed_at timestamp without time zone,
    published_at timestamp without time zone,
    carried_columns text[],
    attempt integer DEFAULT 1 NOT NULL,
    archive_awaited text,
    CONSTRAINT ck_snapshot_ledger_state CHECK (((state)::text = ANY ((ARRAY['STAGING'::character varying, 'STAGED'::character varying, 'CURRENT'::character varying, 'PREVIOUS'::character varying, 'UNDONE'::character varying, 'REMOVED'::character varying])::text[]))),
    CONSTRAINT pk_snapshot_ledger PRIMARY KEY (dataset, batch_id)
);
CREATE INDEX ix_snapshot_ledger_state ON public.snapshot_ledger USING btree (dataset, state, partition);
CREATE UNIQUE INDEX ux_snapshot_ledger_current ON public.snapshot_ledger USING btree (dataset, partition) WHERE ((state)::text = 'CURRENT'::text);
COMMENT ON TABLE snapshot_ledger IS 'One row a snapshot that is, was or is about to be in the window; all times are UTC';
COMMENT ON COLUMN snapshot_ledger.dataset IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_ledger.batch_id IS 'Id of the snapshot';
COMMENT ON COLUMN snapshot_ledger.partition IS 'Partition (customer_filter in the window)';
COMMENT ON COLUMN snapshot_ledger.date IS 'Date of the snapshot, UTC';
COMMENT ON COLUMN snapshot_ledger.row_count IS 'Rows in it; 0 while it is being staged';
COMMENT ON COLUMN snapshot_ledger.state IS 'STAGING or STAGED on its way, CURRENT or PREVIOUS in the window, UNDONE or REMOVED and without rows';
COMMENT ON COLUMN snapshot_ledger.hash_spec_id IS 'How its rows were hashed; NULL where a foreign writer made it';
COMMENT ON COLUMN snapshot_ledger.fingerprint IS 'SHA-256 over identities and row hashes in order of the identity';
COMMENT ON COLUMN snapshot_ledger.archive_id IS 'snapshot_archive.archive_id; NULL where there is none yet';
COMMENT ON COLUMN snapshot_ledger.column_names IS 'The source''s columns, in order; NULL where its rows are gone';
COMMENT ON COLUMN snapshot_ledger.column_types IS 'Their types, in the same order';
COMMENT ON COLUMN snapshot_ledger.started_at IS 'When its staging began, UTC';
COMMENT ON COLUMN snapshot_ledger.sealed_at IS 'When all its rows were staged, UTC';
COMMENT ON COLUMN snapshot_ledger.published_at IS 'When it became visible, UTC';
COMMENT ON COLUMN snapshot_ledger.carried_columns IS 'The columns whose text the window carried when it became current';
COMMENT ON COLUMN snapshot_ledger.attempt IS 'Counts the saves of the batch id; one that was UNDONE may be saved again as the next attempt';
COMMENT ON COLUMN snapshot_ledger.archive_awaited IS 'Host and directory of the outbox where its file waits to be archived; NULL where none waits';
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000001', 'ALL', '2026-03-01 06:00:00.000001', '6', 'REMOVED', 'hsr1', 'abababababababababababababababababababababababababababababababab', '11', NULL, NULL, '2026-11-29 16:25:49.083993', '2026-11-29 16:25:49.393376', '2026-11-29 16:25:49.96686', '{"AAG ORDER NUMBER","CUSTOMER NAME","CUSTOMER STYLE"}', '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000002', 'ALL', '2026-03-02 06:00:00.000001', '6', 'PREVIOUS', 'hsr1', 'abababababababababababababababababababababababababababababababab', '12', '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:50.053308', '2026-11-29 16:25:50.138371', '2026-11-29 16:25:50.223127', '{"AAG ORDER NUMBER","CUSTOMER NAME","CUSTOMER STYLE"}', '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000003', 'ALL', '2026-03-03 06:00:00.000001', '6', 'CURRENT', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:50.300738', '2026-11-29 16:25:50.359959', '2026-11-29 16:25:50.911187', '{"AAG ORDER NUMBER","CUSTOMER NAME","CUSTOMER STYLE"}', '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000004', 'ALL', '2026-03-04 06:00:00.000001', '6', 'STAGED', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:51.534026', '2026-11-29 16:25:51.595812', NULL, NULL, '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000005', 'GREYSON', '2026-03-01 06:00:00.000001', '3', 'PREVIOUS', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:51.771021', '2026-11-29 16:25:51.885062', '2026-11-29 16:25:52.07715', '{"AAG ORDER NUMBER","CUSTOMER NAME","CUSTOMER STYLE"}', '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000006', 'GREYSON', '2026-03-02 06:00:00.000001', '3', 'CURRENT', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:52.217456', '2026-11-29 16:25:52.265243', '2026-11-29 16:25:52.367401', '{"AAG ORDER NUMBER","CUSTOMER NAME","CUSTOMER STYLE"}', '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000007', 'BROKEN', '2026-03-01 06:00:00.000001', '3', 'CURRENT', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:52.612753', '2026-11-29 16:25:52.659876', '2026-11-29 16:25:52.80144', '{"AAG ORDER NUMBER","CUSTOMER NAME","CUSTOMER STYLE"}', '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('ORDERS_UNIFIED', '00000000-0000-00f1-8000-000000000008', 'BROKEN', '2026-03-02 06:00:00.000001', '3', 'UNDONE', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, NULL, NULL, '2026-11-29 16:25:52.946182', '2026-11-29 16:25:52.972397', NULL, NULL, '1', NULL);
INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, row_count, state, hash_spec_id, fingerprint, archive_id, column_names, column_types, started_at, sealed_at, published_at, carried_columns, attempt, archive_awaited) VALUES ('Plain', '00000000-0000-00f1-8000-000000000009', 'ALL', '2026-03-01 06:00:00.000001', '2', 'CURRENT', 'hsr1', 'abababababababababababababababababababababababababababababababab', NULL, '{record_uuid,"CUSTOMER NAME","CUSTOMER STYLE","AAG ORDER NUMBER"}', '{uuid,text,text,text}', '2026-11-29 16:25:53.08401', '2026-11-29 16:25:53.127625', '2026-11-29 16:25:53.192061', '{}', '1', NULL);

CREATE TABLE snapshot_writer (
    dataset character varying(100) NOT NULL,
    partition character varying(255) NOT NULL,
    fence bigint NOT NULL,
    holder text NOT NULL,
    since timestamp without time zone NOT NULL,
    CONSTRAINT pk_snapshot_writer PRIMARY KEY (dataset, partition)
);
COMMENT ON TABLE snapshot_writer IS 'Who writes, or last wrote, to a partition; the lock itself is an advisory lock of the writer''s session';
COMMENT ON COLUMN snapshot_writer.dataset IS 'Name of the dataset';
COMMENT ON COLUMN snapshot_writer.partition IS 'Partition; empty in the row that says which of the names that differ in case has the tables';
COMMENT ON COLUMN snapshot_writer.fence IS 'Counts the writers; a writer whose number is no longer here has lost the lock';
COMMENT ON COLUMN snapshot_writer.holder IS 'The writer: program, host, process';
COMMENT ON COLUMN snapshot_writer.since IS 'When it took the lock, UTC';
INSERT INTO snapshot_writer (dataset, partition, fence, holder, since) VALUES ('ORDERS_UNIFIED', '', '0', 'owns orders_unified_snapshot', '2026-11-29 16:25:48.189304');
INSERT INTO snapshot_writer (dataset, partition, fence, holder, since) VALUES ('ORDERS_UNIFIED', 'ALL', '4', 'an older program', '2026-11-29 16:25:51.50892');
INSERT INTO snapshot_writer (dataset, partition, fence, holder, since) VALUES ('ORDERS_UNIFIED', 'BROKEN', '2', 'an older program', '2026-11-29 16:25:52.928996');
INSERT INTO snapshot_writer (dataset, partition, fence, holder, since) VALUES ('ORDERS_UNIFIED', 'GREYSON', '2', 'an older program', '2026-11-29 16:25:52.198043');
INSERT INTO snapshot_writer (dataset, partition, fence, holder, since) VALUES ('Plain', '', '0', 'owns plain_snapshot', '2026-11-29 16:25:48.520492');
INSERT INTO snapshot_writer (dataset, partition, fence, holder, since) VALUES ('Plain', 'ALL', '1', 'an older program', '2026-11-29 16:25:53.071026');
