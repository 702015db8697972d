package io.hybridsnapshot.postgres.window;

import static org.jooq.impl.DSL.constraint;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/**
 * The tables of a dataset: current rows, former versions and staging. Their names are the dataset's name in lower case
 * with {@code _snapshot}, {@code _snapshot_version} and {@code _snapshot_staging}. The views {@code _snapshot_current}
 * and {@code _snapshot_history} show whole snapshots. A window that had layout 1 may still have whole copies of
 * previous snapshots, in {@code _snapshot_history_whole}. Carried columns keep their names. Immutable.
 */
final class WindowTables {
    /** PostgreSQL cuts longer names, silently. */
    static final int MAX_NAME_BYTES = 63;

    /** The longest suffix appended to a dataset's name. */
    private static final String LONGEST_SUFFIX = "_snapshot_staging_batch";

    /** The row of {@code snapshot_writer} that names the owner of the tables; no partition has this name. */
    private static final Condition IS_OWNER = Ledger.PARTITION.eq("");

    /** Columns that every PostgreSQL table has. */
    private static final Set<String> SERVER_COLUMNS = Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

    /** Columns of the window's tables that a row hash may include, if a source has columns of these names. */
    private static final Set<String> NUMBER_COLUMNS = Set.of("first_number", "last_number", "former_hash");

    static final Field<UUID> RECORD_UUID = field(name("record_uuid"), SQLDataType.UUID);
    static final Field<String> ROW_HASH = field(name("row_hash"), SQLDataType.VARCHAR(64));
    static final Field<Instant> SNAPSHOT_DATE = field(name("snapshot_date"), UtcTimestamps.TYPE);
    static final Field<String> CUSTOMER_FILTER = field(name("customer_filter"), SQLDataType.VARCHAR(255));
    static final Field<UUID> BATCH_ID = field(name("batch_id"), SQLDataType.UUID);
    static final Field<Long> RECORDS_COUNT = field(name("records_count"), SQLDataType.BIGINT);
    static final Field<Long> PARQUET_ARCHIVE_ID = field(name("parquet_archive_id"), SQLDataType.BIGINT);
    static final Field<Long> FIRST_NUMBER = field(name("first_number"), SQLDataType.BIGINT);
    static final Field<Long> LAST_NUMBER = field(name("last_number"), SQLDataType.BIGINT);
    static final Field<String> FORMER_HASH = field(name("former_hash"), SQLDataType.VARCHAR(64));

    private final String schema;
    private final String stem;
    private final Dataset dataset;
    private final Optional<ZoneId> foreignZone;
    private final Table<Record> current;
    private final Table<Record> version;
    private final Table<Record> whole;
    private final Table<Record> staging;
    private final Ledger ledger;
    private final List<Field<String>> carried;

    /**
     * @throws SnapshotException INVALID_REQUEST if the dataset's or a carried column's name cannot be a name here
     */
    WindowTables(String schema, Dataset dataset, Optional<ZoneId> foreignZone) {
        this.schema = schema;
        this.foreignZone = foreignZone;
        this.dataset = dataset;
        this.stem = dataset.name().toLowerCase(Locale.ROOT);
        if (stem.length() + LONGEST_SUFFIX.length() > MAX_NAME_BYTES) {
            throw SnapshotException.invalidRequest("the dataset's name is too long for the window's tables")
                    .actual("'" + dataset.name() + "', " + stem.length() + " characters")
                    .expected("at most " + (MAX_NAME_BYTES - LONGEST_SUFFIX.length()))
                    .nextStep("give the dataset a shorter name")
                    .build();
        }
        this.current = table(name(schema, stem + "_snapshot"));
        this.version = table(name(schema, stem + "_snapshot_version"));
        this.whole = table(name(schema, stem + "_snapshot_history_whole"));
        this.staging = table(name(schema, stem + "_snapshot_staging"));
        this.ledger = new Ledger(schema);
        List<Field<String>> fields = new ArrayList<>();
        for (String column : dataset.carriedColumns()) {
            requireName(column);
            fields.add(field(name(column), SQLDataType.CLOB));
        }
        this.carried = List.copyOf(fields);
    }

    private void requireName(String column) {
        int bytes = column.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_NAME_BYTES || column.indexOf('\0') >= 0) {
            throw WindowConflicts.notCarried(
                    dataset.name(), column, "a name of 1 to " + MAX_NAME_BYTES + " bytes of UTF-8");
        }
        if (HashSpec.SYSTEM_COLUMNS.contains(column)
                || NUMBER_COLUMNS.contains(column)
                || SERVER_COLUMNS.contains(column)) {
            throw WindowConflicts.notCarried(
                    dataset.name(), column, "another name than that of one of the window's own columns");
        }
    }

    /** The zone of the local times that foreign writers write; empty means UTC. */
    Optional<ZoneId> foreignZone() {
        return foreignZone;
    }

    Dataset dataset() {
        return dataset;
    }

    Table<Record> current() {
        return current;
    }

    /** Versions of rows that the current table no longer has and previous snapshots need. */
    Table<Record> version() {
        return version;
    }

    /** Whole copies of the previous snapshots that have no number; missing if the window never had layout 1. */
    Table<Record> whole() {
        return whole;
    }

    Table<Record> staging() {
        return staging;
    }

    List<Field<String>> carried() {
        return carried;
    }

    /** The first carried column, which readers look rows up by. */
    Optional<String> businessKey() {
        return dataset.carriedColumns().stream().findFirst();
    }

    /**
     * Whether the dataset was prepared: its tables exist, and they do not belong to a dataset with a name that differs
     * only in case.
     */
    boolean exist(PostgresSession session) {
        return exists(session, current) && otherOwner(session).isEmpty();
    }

    /** Whether {@link #claim} was successful once. */
    boolean areClaimed(PostgresSession session) {
        return session.dsl().fetchExists(ledger.writers(), Ledger.DATASET.eq(dataset.name()), IS_OWNER);
    }

    /** Another dataset that claimed these tables, if there is one. */
    private Optional<String> otherOwner(PostgresSession session) {
        return session.dsl()
                .select(Ledger.DATASET)
                .from(ledger.writers())
                .where(isNamesake(), IS_OWNER)
                .fetchOptional(Ledger.DATASET);
    }

    /**
     * Selects other datasets that would have the same tables. The database's collation is not used, because its lower
     * case may differ.
     */
    private Condition isNamesake() {
        return field("lower({0} collate \"C\")", String.class, Ledger.DATASET)
                .eq(stem)
                .and(Ledger.DATASET.ne(dataset.name()));
    }

    /**
     * Claims the tables for this dataset and makes what is missing of them, within the session's transaction. Tables
     * that an administrator made are not this user's to alter.
     *
     * @throws SnapshotException INVALID_REQUEST if another dataset, with a name that differs only in case, has claimed
     *     or written them
     */
    void prepare(PostgresSession session) {
        // CREATE TABLE IF NOT EXISTS fails where two do it at once.
        session.dsl().fetch("select pg_advisory_xact_lock({0})", val(lockKey("tables")));
        claim(session);
        if (!isComplete(session)) {
            make(session);
        }
    }

    private void claim(PostgresSession session) {
        if (areClaimed(session)) {
            return;
        }
        DSLContext dsl = session.dsl();
        dsl.select(Ledger.DATASET)
                .from(ledger.writers())
                .where(isNamesake())
                .union(dsl.select(Ledger.DATASET).from(ledger.snapshots()).where(isNamesake()))
                .limit(1)
                .fetchOptional(Ledger.DATASET)
                .ifPresent(owner -> {
                    throw ownedBy(owner);
                });
        dsl.insertInto(ledger.writers())
                .set(Ledger.DATASET, dataset.name())
                .set(Ledger.PARTITION, "")
                .set(Ledger.FENCE, 0L)
                .set(Ledger.HOLDER, "owns " + stem + "_snapshot")
                .set(Ledger.SINCE, Ledger.NOW)
                .execute();
    }

    /**
     * Checks that no other dataset has claimed the tables.
     *
     * @throws SnapshotException INVALID_REQUEST naming both
     */
    void requireNoOtherOwner(PostgresSession session) {
        otherOwner(session).ifPresent(owner -> {
            throw ownedBy(owner);
        });
    }

    private SnapshotException ownedBy(String owner) {
        return SnapshotException.invalidRequest("two datasets would share their tables in the window")
                .where("schema '" + schema + "', table '" + stem + "_snapshot'")
                .actual("'" + dataset.name() + "' beside '" + owner + "', which has the tables")
                .expected("names that differ in more than upper and lower case")
                .nextStep("give dataset '" + dataset.name() + "' another name")
                .build();
    }

    private static boolean exists(PostgresSession session, Table<Record> table) {
        return session.dsl()
                .select(field("to_regclass({0}) is not null", Boolean.class, qualified(session, table)))
                .fetchSingle()
                .value1();
    }

    private static Field<String> qualified(PostgresSession session, Table<Record> table) {
        return val(session.dsl().render(table.getQualifiedName()));
    }

    /** Whether all tables and columns exist. Takes no lock, unlike ALTER TABLE, which locks even without a change. */
    boolean isComplete(PostgresSession session) {
        return has(session, current, RECORD_UUID, FIRST_NUMBER)
                && has(session, version, RECORD_UUID, LAST_NUMBER)
                && has(session, staging, RECORD_UUID, FORMER_HASH)
                && has(session, table(name(schema, stem + "_snapshot_current")), RECORD_UUID)
                && has(session, table(name(schema, stem + "_snapshot_history")), RECORD_UUID);
    }

    /** Whether a table has these columns and all carried ones. */
    private boolean has(PostgresSession session, Table<Record> table, Field<?>... columns) {
        Set<String> there = columnsOf(session, table);
        return there.containsAll(dataset.carriedColumns())
                && there.containsAll(Stream.of(columns).map(Field::getName).toList());
    }

    /** A column of the current table with the table's name in front. */
    <T> Field<T> inCurrent(Field<T> column) {
        return field(name(current.getQualifiedName(), column.getUnqualifiedName()), column.getDataType());
    }

    /** Columns of the current table that are neither the window's own nor carried now. */
    List<Field<Object>> othersInCurrent(PostgresSession session) {
        Set<String> others = columnsOf(session, current);
        others.removeAll(HashSpec.SYSTEM_COLUMNS);
        others.removeAll(NUMBER_COLUMNS);
        dataset.carriedColumns().forEach(others::remove);
        return others.stream().map(column -> field(name(column))).toList();
    }

    /** The columns that a row keeps when it becomes a former version, without its numbers. */
    List<Field<?>> kept(PostgresSession session) {
        return shared(session, version);
    }

    /** The columns that the whole copies of previous snapshots have. */
    List<Field<?>> copied(PostgresSession session) {
        return shared(session, whole);
    }

    private List<Field<?>> shared(PostgresSession session, Table<Record> other) {
        Set<String> there = columnsOf(session, current);
        there.retainAll(columnsOf(session, other));
        there.removeAll(List.of(FIRST_NUMBER.getName(), LAST_NUMBER.getName()));
        List<Field<?>> kept = new ArrayList<>(
                List.of(RECORD_UUID, ROW_HASH, SNAPSHOT_DATE, CUSTOMER_FILTER, BATCH_ID, RECORDS_COUNT));
        kept.add(PARQUET_ARCHIVE_ID);
        kept.forEach(column -> there.remove(column.getName()));
        there.stream().sorted().forEach(column -> kept.add(field(name(column), SQLDataType.CLOB)));
        return kept;
    }

    /**
     * Those of the columns that the current table and the table of previous rows have.
     *
     * @param previous {@link #version} or {@link #whole}
     */
    List<Field<String>> carriedThere(PostgresSession session, List<String> columns, Table<Record> previous) {
        Set<String> there = columnsOf(session, current);
        there.retainAll(columnsOf(session, previous));
        return carried.stream()
                .filter(column -> columns.contains(column.getName()) && there.contains(column.getName()))
                .toList();
    }

    private static Set<String> columnsOf(PostgresSession session, Table<Record> table) {
        return new HashSet<>(session.dsl()
                .select(field(name("attname"), String.class))
                .from(table(name("pg_catalog", "pg_attribute")))
                .where(field(name("attrelid")).eq(field("to_regclass({0})", qualified(session, table))))
                .and(field(name("attnum"), Integer.class).gt(0))
                .and(field(name("attisdropped"), Boolean.class).isFalse())
                .fetch(0, String.class));
    }

    /**
     * A 64-bit hash of the current table's number and those of its columns, with their names, types and the values of
     * rows that are older than the column. A column that is dropped and added again gets another number.
     */
    Field<Long> columnsHash(PostgresSession session) {
        return field(
                "(select hashtextextended(string_agg(row(attrelid, attnum, attname, atttypid,"
                        + " attmissingval::text)::text, '' order by attnum), 0) from pg_catalog.pg_attribute"
                        + " where attrelid = to_regclass({0}) and attnum > 0 and not attisdropped)",
                Long.class, qualified(session, current));
    }

    private void make(PostgresSession session) {
        DSLContext dsl = session.dsl();
        bringToLayout(session);
        if (exists(session, current)) {
            addColumns(session, current);
        } else {
            List<Field<?>> columns = columns();
            columns.add(FIRST_NUMBER);
            dsl.createTable(current)
                    .columns(columns)
                    .constraints(constraint(name(stem + "_snapshot_pk")).primaryKey(CUSTOMER_FILTER, RECORD_UUID))
                    .execute();
            setDefaults(dsl, current);
            // Room on each page for the next version of a row, which then needs no new index entries.
            dsl.execute("alter table {0} set (fillfactor = 90)", current);
            dsl.createIndex(name(stem + "_snapshot_uuid"))
                    .on(current, RECORD_UUID)
                    .execute();
            comment(dsl, current, "Current snapshot of every partition of " + dataset.name());
        }
        if (!carried.isEmpty()) {
            dsl.createIndexIfNotExists(name(stem + "_snapshot_key"))
                    .on(current, carried.get(0))
                    .execute();
        }
        if (exists(session, version)) {
            addColumns(session, version);
        } else {
            List<Field<?>> columns = columns();
            columns.add(field(FIRST_NUMBER.getUnqualifiedName(), SQLDataType.BIGINT.notNull()));
            columns.add(field(LAST_NUMBER.getUnqualifiedName(), SQLDataType.BIGINT.notNull()));
            dsl.createTable(version).columns(columns).execute();
            comment(dsl, version, "Former versions of rows of " + dataset.name());
        }
        if (exists(session, staging)) {
            addColumns(session, staging);
        } else {
            dsl.createTable(staging).columns(stagingColumns()).execute();
            dsl.alterTable(staging).alterColumn(BATCH_ID).setNotNull().execute();
            dsl.createIndex(name(stem + "_snapshot_staging_batch"))
                    .on(staging, BATCH_ID)
                    .execute();
            comment(
                    dsl,
                    staging,
                    "Rows and changes of snapshots of " + dataset.name() + " that are being loaded; only the program"
                            + " reads it");
        }
        bringToLayout(session);
    }

    /** Upgrades tables of an earlier layout, and makes views and triggers of the tables that exist. */
    private void bringToLayout(PostgresSession session) {
        session.dsl()
                .fetch(
                        "select {0}({1}, {2})",
                        name(schema, "snapshot_window_layout"), val(schema), val(dataset.name()));
    }

    private List<Field<?>> columns() {
        List<Field<?>> columns = new ArrayList<>();
        columns.add(field(RECORD_UUID.getUnqualifiedName(), SQLDataType.UUID.notNull()));
        columns.add(field(ROW_HASH.getUnqualifiedName(), SQLDataType.VARCHAR(64).notNull()));
        columns.addAll(carried);
        columns.add(field(SNAPSHOT_DATE.getUnqualifiedName(), SQLDataType.LOCALDATETIME.notNull()));
        columns.add(field(
                CUSTOMER_FILTER.getUnqualifiedName(), SQLDataType.VARCHAR(255).notNull()));
        columns.add(BATCH_ID);
        columns.add(RECORDS_COUNT);
        columns.add(PARQUET_ARCHIVE_ID);
        return columns;
    }

    private List<Field<?>> stagingColumns() {
        List<Field<?>> columns = new ArrayList<>();
        columns.add(BATCH_ID);
        columns.add(field(RECORD_UUID.getUnqualifiedName(), SQLDataType.UUID.notNull()));
        columns.add(ROW_HASH);
        columns.addAll(carried);
        return columns;
    }

    /** Defaults for the columns that foreign writers leave out of their INSERT. */
    private static void setDefaults(DSLContext dsl, Table<Record> table) {
        dsl.execute("alter table {0} alter column {1} set default (now() at time zone 'UTC')", table, SNAPSHOT_DATE);
        dsl.execute("alter table {0} alter column {1} set default 'ALL'", table, CUSTOMER_FILTER);
    }

    private void addColumns(PostgresSession session, Table<Record> table) {
        Set<String> there = columnsOf(session, table);
        for (Field<String> column : carried) {
            if (!there.contains(column.getName())) {
                session.dsl().alterTable(table).addColumn(column).execute();
                session.dsl()
                        .commentOnColumn(name(table.getQualifiedName(), column.getUnqualifiedName()))
                        .is("Carried from the source as text");
            }
        }
    }

    private void comment(DSLContext dsl, Table<Record> table, String text) {
        dsl.commentOnTable(table).is(text).execute();
        boolean isStaging = table.equals(staging);
        comment(dsl, table, RECORD_UUID, "Stable identity of the row");
        comment(dsl, table, ROW_HASH, "SHA-256 of the row, 64 lower-case hex digits");
        comment(dsl, table, BATCH_ID, "Id of the snapshot; NULL where a foreign writer made it");
        for (Field<String> column : carried) {
            comment(dsl, table, column, "Carried from the source as text");
        }
        if (!isStaging) {
            comment(dsl, table, SNAPSHOT_DATE, "Date of the snapshot, UTC");
            comment(dsl, table, CUSTOMER_FILTER, "Partition; ALL is the whole table");
            comment(dsl, table, RECORDS_COUNT, "Rows in the snapshot");
            comment(dsl, table, PARQUET_ARCHIVE_ID, "snapshot_archive.archive_id; NULL where there is none yet");
        }
    }

    private static void comment(DSLContext dsl, Table<Record> table, Field<?> column, String text) {
        dsl.commentOnColumn(name(table.getQualifiedName(), column.getUnqualifiedName()))
                .is(text)
                .execute();
    }

    /** A key for advisory locks on something of this dataset. */
    long lockKey(String of) {
        return LockKey.of(schema, stem, of);
    }
}
