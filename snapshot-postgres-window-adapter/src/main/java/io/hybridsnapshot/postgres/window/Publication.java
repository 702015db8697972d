package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.FORMER_HASH;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.PARQUET_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.defaultValue;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.PublishRequest;
import io.hybridsnapshot.domain.window.SealedChanges;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Record3;
import org.jooq.SelectField;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * The publish of one sealed snapshot, within the writer's transaction and under the lock of the current table. Used
 * once; one thread.
 */
final class Publication {
    /**
     * Staged rows below this share of the current ones are sought by key; above it, a hash join reads all current rows.
     * Measured on 100,000 cached rows: seeking took less of the server's time up to a fifth of the rows. Rows that are
     * not cached make seeking dearer.
     */
    private static final double SEEK_SHARE = 0.1;

    private static final Name STAGED = name("staged");

    /** A row's place, which each UPDATE changes. No carried column has the name of a column of the server. */
    private static final Field<Object> PLACE = field(name("ctid"));

    private final PostgresSession session;
    private final DSLContext dsl;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowConflicts conflicts;
    private final String dataset;
    private final PublishRequest request;
    private final Partition partition;
    private final SnapshotId id;
    private boolean seeks;

    Publication(PostgresSession session, Ledger ledger, WindowTables tables, PublishRequest request) {
        this.session = session;
        this.dsl = session.dsl();
        this.ledger = ledger;
        this.tables = tables;
        this.request = request;
        this.partition = request.partition();
        this.id = request.id();
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
    }

    /** Publishes the changes or all rows, as they were sealed; empty if the changes have another base than now. */
    Optional<WindowSnapshot> publish() {
        FormerVersions.writeAsOwner(session);
        Optional<SealedChanges> changes = ledger.changes(dsl, dataset, id);
        if (changes.isPresent()) {
            return publish(changes.get());
        }
        publishWhole();
        return ledger.find(dsl, dataset, id);
    }

    // All rows

    private void publishWhole() {
        long staged = dsl.fetchCount(tables.staging(), BATCH_ID.eq(id.value()));
        conflicts.requireAllStaged(id, staged, request.sealed().rowCount());
        Optional<WindowSnapshot> current = CurrentSnapshots.find(session, ledger, tables, partition);
        boolean kept =
                current.isPresent() && current.get().state() != SnapshotState.INCOMPLETE && request.keepsPrevious();
        boolean foreign = kept && current.get().isForeign();
        long number = ledger.nextNumber(dsl, dataset, partition);
        endCurrent(kept && !foreign);
        Optional<Retired> retired = foreign ? Optional.of(retire(current.get(), number++)) : Optional.empty();
        prunePrevious();
        long last = number;
        ledger.newestPrevious(dsl, dataset, partition).ifPresent(newest -> keep(retired, newest, last));
        dsl.deleteFrom(tables.current())
                .where(CUSTOMER_FILTER.eq(partition.name()))
                .execute();
        if (insert(number, BATCH_ID.eq(id.value())) != request.sealed().rowCount()) {
            throw conflicts.repeatedIdentity(id, null);
        }
        // Until autovacuum comes by, the statistics count no row of a new partition.
        dsl.execute("analyze {0} ({1}, {2})", tables.current(), CUSTOMER_FILTER, RECORD_UUID);
        finish(number, state());
    }

    /** Takes the ledger's current snapshot out of its place. */
    private void endCurrent(boolean isKept) {
        Condition current = Ledger.of(dataset, partition, SnapshotState.CURRENT);
        if (isKept) {
            dsl.update(ledger.snapshots())
                    .set(Ledger.STATE, SnapshotState.PREVIOUS.name())
                    .where(current)
                    .execute();
        } else {
            ledger.end(dsl, current, SnapshotState.REMOVED);
        }
    }

    /** A foreign snapshot that has become a previous one. */
    private record Retired(UUID batch, long number, WindowSnapshot snapshot) {}

    private Retired retire(WindowSnapshot foreign, long number) {
        UUID batch = SnapshotId.random().value();
        dsl.insertInto(ledger.snapshots())
                .set(Ledger.DATASET, dataset)
                .set(Ledger.BATCH_ID, batch)
                .set(Ledger.PARTITION, partition.name())
                .set(
                        Ledger.DATE,
                        SnapshotDates.ofRetired(foreign.date(), request.sealed().date()))
                .set(Ledger.ROW_COUNT, foreign.rowCount())
                .set(Ledger.STATE, SnapshotState.PREVIOUS.name())
                .set(Ledger.NUMBER, number)
                .set(Ledger.LAYOUT, Ledger.PRESENT_LAYOUT)
                .execute();
        return new Retired(batch, number, foreign);
    }

    /** Copies the current rows that previous snapshots have to the former versions. */
    private void keep(Optional<Retired> retired, long newestPrevious, long last) {
        List<Field<?>> columns = tables.kept(session);
        List<Field<?>> from = new ArrayList<>();
        for (Field<?> column : columns) {
            from.add(retired.isPresent() ? kept(column, retired.get()) : column);
        }
        Field<Long> first =
                retired.map(by -> coalesce(FIRST_NUMBER, val(by.number()))).orElse(FIRST_NUMBER);
        columns.addAll(List.of(FIRST_NUMBER, LAST_NUMBER));
        from.addAll(List.of(first, val(last)));
        dsl.insertInto(tables.version())
                .columns(columns)
                .select(select(from)
                        .from(tables.current())
                        .where(CUSTOMER_FILTER.eq(partition.name()), first.le(newestPrevious)))
                .execute();
    }

    /** The rows of a foreign writer get the stamps of their snapshot. */
    private Field<?> kept(Field<?> column, Retired retired) {
        if (column.equals(BATCH_ID)) {
            return coalesce(BATCH_ID, val(retired.batch()));
        }
        if (column.equals(RECORDS_COUNT)) {
            return coalesce(RECORDS_COUNT, val(retired.snapshot().rowCount()));
        }
        return column.equals(SNAPSHOT_DATE) && tables.foreignZone().isPresent()
                ? when(FIRST_NUMBER.isNull(), val(retired.snapshot().date(), SNAPSHOT_DATE))
                        .otherwise(SNAPSHOT_DATE)
                : column;
    }

    // Changes

    private Optional<WindowSnapshot> publish(SealedChanges changes) {
        Optional<Ledger.Published> base = ledger.published(dsl, dataset, partition)
                .filter(current -> current.entry().id().equals(changes.base().snapshot()))
                .filter(current ->
                        current.carriedColumns().equals(tables.dataset().carriedColumns()));
        if (base.isEmpty()) {
            return Optional.empty();
        }
        State state = state(base.get());
        if (!state.token().is(changes.base().token())) {
            return Optional.empty();
        }
        requireSealedCounts(changes);
        long number = ledger.nextNumber(dsl, dataset, partition);
        endCurrent(request.keepsPrevious());
        prunePrevious();
        finish(number, changes.count() == 0 ? state : apply(changes, state, number));
        return ledger.find(dsl, dataset, id);
    }

    /** The state of the current rows and their versions. */
    private record State(StateToken token, RowVersions versions) {}

    /** Reads the state. If the versions prove that the rows are the published ones, the ledger has their token. */
    private State state(Ledger.Published base) {
        RowVersions versions = RowVersions.of(session, tables, partition);
        return new State(
                Optional.ofNullable(base.token())
                        .filter(token -> versions.text().equals(base.versions()))
                        .flatMap(StateToken::parse)
                        .orElseGet(() -> StateToken.of(session, tables, partition)),
                versions);
    }

    private State state() {
        return new State(StateToken.of(session, tables, partition), RowVersions.of(session, tables, partition));
    }

    private void requireSealedCounts(SealedChanges changes) {
        Record3<Integer, Integer, Integer> staged = dsl.select(
                        count().filterWhere(FORMER_HASH.isNull()),
                        count().filterWhere(FORMER_HASH.isNotNull(), ROW_HASH.isNotNull()),
                        count().filterWhere(ROW_HASH.isNull()))
                .from(tables.staging())
                .where(BATCH_ID.eq(id.value()))
                .fetchSingle();
        requireApplied(ChangeKind.NEW, staged.value1(), changes.added());
        requireApplied(ChangeKind.CHANGED, staged.value2(), changes.changed());
        requireApplied(ChangeKind.DELETED, staged.value3(), changes.deleted());
    }

    private void requireApplied(ChangeKind kind, long applied, long sealedCount) {
        conflicts.requireAllApplied(id, kind, applied, sealedCount);
    }

    private State apply(SealedChanges changes, State before, long number) {
        choosePlan(changes.replaced(), before.versions().rows());
        Replaced replaced = changes.replaced() > 0 ? replacedHashes() : new Replaced(0, BigDecimal.ZERO);
        if (request.keepsPrevious() && changes.replaced() > 0) {
            keepReplaced(number, changes);
        }
        if (changes.changed() > 0) {
            requireApplied(ChangeKind.CHANGED, update(number), changes.changed());
        }
        if (changes.deleted() > 0) {
            requireApplied(ChangeKind.DELETED, delete(), changes.deleted());
        }
        if (changes.added() > 0) {
            requireApplied(
                    ChangeKind.NEW, insert(number, BATCH_ID.eq(id.value()), FORMER_HASH.isNull()), changes.added());
        }
        return after(changes, before, replaced);
    }

    /**
     * Chooses between two plans for the joins of staged with current rows. A table that was filled a moment ago has no
     * statistics, and statistics that are older than a partition count no row of it. With either, the planner may join
     * each row with each.
     */
    private void choosePlan(long staged, long rows) {
        seeks = staged < SEEK_SHARE * rows;
        if (seeks) {
            dsl.execute("set local enable_hashjoin = off");
            dsl.execute("set local enable_mergejoin = off");
        } else {
            dsl.execute("set local enable_nestloop = off");
        }
    }

    /**
     * The staged rows of the snapshot that fulfil a condition. As a CTE, they are always read before the join. Where
     * the publish seeks, they have the place of the current row that they replace, and those without such a row are
     * left out.
     */
    private CommonTableExpression<?> staged(Condition kind) {
        List<Field<?>> columns = new ArrayList<>(List.of(RECORD_UUID, ROW_HASH, FORMER_HASH));
        columns.addAll(tables.carried());
        Condition isWanted = BATCH_ID.eq(id.value()).and(kind);
        if (!seeks) {
            return STAGED.asMaterialized(select(columns).from(tables.staging()).where(isWanted));
        }
        Table<Record> wanted =
                select(columns).from(tables.staging()).where(isWanted).asTable("wanted");
        List<Field<?>> found = new ArrayList<>();
        columns.forEach(column -> found.add(of("wanted", column)));
        found.add(of("sought", PLACE));
        return STAGED.asMaterialized(select(found).from(wanted).crossJoin(lateral(sought())));
    }

    /**
     * The place of one wanted row's current row. PostgreSQL does not merge a subquery with OFFSET into the query around
     * it, so it is run for each wanted row, with the row's key. It uses the primary key's index, unless another index
     * that begins with the partition seems cheaper; the statistics that a publish of all rows makes keep it from that.
     */
    private Table<?> sought() {
        return select(tables.inCurrent(PLACE))
                .from(tables.current())
                .where(isReplaced("wanted"))
                .offset(inline(0))
                .asTable("sought");
    }

    private static <T> Field<T> ofStaged(Field<T> column) {
        return of("staged", column);
    }

    private static <T> Field<T> of(String table, Field<T> column) {
        return field(name(table, column.getName()), column.getDataType());
    }

    /**
     * The current row of a staged row, by its place or by its key. A condition on the partition beside the place would
     * let the planner read the partition for each staged row. The identity tells rows apart that have one place in two
     * tables, if an administrator has divided the table.
     */
    private Condition isReplaced() {
        return seeks
                ? tables.inCurrent(PLACE)
                        .eq(ofStaged(PLACE))
                        .and(tables.inCurrent(RECORD_UUID).eq(ofStaged(RECORD_UUID)))
                : isReplaced("staged");
    }

    /** The current row with the key of a row to write, and with the hash that this row was compared with. */
    private Condition isReplaced(String by) {
        return tables.inCurrent(CUSTOMER_FILTER)
                .eq(partition.name())
                .and(tables.inCurrent(RECORD_UUID).eq(of(by, RECORD_UUID)))
                .and(tables.inCurrent(ROW_HASH).eq(of(by, FORMER_HASH)));
    }

    private void keepReplaced(long number, SealedChanges changes) {
        CommonTableExpression<?> staged = staged(FORMER_HASH.isNotNull());
        List<Field<?>> columns = tables.kept(session);
        List<Field<?>> from = new ArrayList<>();
        columns.forEach(column -> from.add(tables.inCurrent(column)));
        columns.addAll(List.of(FIRST_NUMBER, LAST_NUMBER));
        from.addAll(List.of(tables.inCurrent(FIRST_NUMBER), val(number)));
        long kept = dsl.with(staged)
                .insertInto(tables.version())
                .columns(columns)
                .select(select(from).from(staged).join(tables.current()).on(isReplaced()))
                .execute();
        requireApplied(ChangeKind.CHANGED, kept - changes.deleted(), changes.changed());
    }

    private long update(long number) {
        CommonTableExpression<?> staged = staged(FORMER_HASH.isNotNull().and(ROW_HASH.isNotNull()));
        Map<Field<?>, Object> values = new LinkedHashMap<>();
        values.put(ROW_HASH, ofStaged(ROW_HASH));
        tables.carried().forEach(column -> values.put(column, ofStaged(column)));
        values.putAll(stamps(number));
        // Columns that others added get their default values, as in an INSERT.
        tables.othersInCurrent(session).forEach(column -> values.put(column, defaultValue(column)));
        return dsl.with(staged)
                .update(tables.current())
                .set(values)
                .from(staged)
                .where(isReplaced())
                .execute();
    }

    private long delete() {
        CommonTableExpression<?> staged = staged(ROW_HASH.isNull());
        return dsl.with(staged)
                .delete(tables.current())
                .using(staged)
                .where(isReplaced())
                .execute();
    }

    /**
     * The current rows that go or change.
     *
     * @param hashes the XOR over them
     * @param versions the sum over their versions
     */
    private record Replaced(long hashes, BigDecimal versions) {}

    private Replaced replacedHashes() {
        CommonTableExpression<?> staged = staged(FORMER_HASH.isNotNull());
        return dsl.with(staged)
                .select(StateToken.hashes(tables, tables::inCurrent), RowVersions.sum(tables))
                .from(staged)
                .join(tables.current())
                .on(isReplaced())
                .fetchSingle(row -> new Replaced(row.value1(), row.value2()));
    }

    /** The state after the changes. */
    private State after(SealedChanges changes, State before, Replaced replaced) {
        if (changes.added() + changes.changed() == 0
                || !before.token().isUpTo(request.sealed().date())) {
            // Rows with the newest date may be among the deleted ones.
            return state();
        }
        long brought = dsl.select(StateToken.hashes(tables, column -> column))
                .from(tables.staging())
                .where(BATCH_ID.eq(id.value()), ROW_HASH.isNotNull())
                .fetchSingle()
                .value1();
        StateToken token = new StateToken(
                request.sealed().rowCount(),
                0,
                StateToken.seconds(request.sealed().date()).toPlainString(),
                before.token().hashes() ^ replaced.hashes() ^ brought);
        RowVersions versions = before.versions()
                .after(changes.replaced(), replaced.versions(), changes.added() + changes.changed(), session);
        return new State(token, versions);
    }

    // Both

    private Map<Field<?>, Object> stamps(long number) {
        Map<Field<?>, Object> stamps = new LinkedHashMap<>();
        stamps.put(SNAPSHOT_DATE, val(request.sealed().date(), SNAPSHOT_DATE));
        stamps.put(BATCH_ID, val(id.value()));
        stamps.put(RECORDS_COUNT, val(request.sealed().rowCount()));
        stamps.put(PARQUET_ARCHIVE_ID, val(archive(), PARQUET_ARCHIVE_ID));
        stamps.put(FIRST_NUMBER, val(number));
        return stamps;
    }

    private @Nullable Long archive() {
        return request.archiveId().map(ArchiveId::value).orElse(null);
    }

    /** Inserts staged rows. In the order of the index, so that each of its pages is written once. */
    private long insert(long number, Condition... isWanted) {
        Map<Field<?>, Object> stamps = stamps(number);
        List<Field<?>> into = new ArrayList<>(List.of(RECORD_UUID, ROW_HASH));
        into.addAll(tables.carried());
        List<SelectField<?>> from = new ArrayList<>(into);
        into.add(CUSTOMER_FILTER);
        from.add(val(partition.name()));
        stamps.forEach((column, value) -> {
            into.add(column);
            from.add((Field<?>) value);
        });
        return dsl.insertInto(tables.current())
                .columns(into)
                .select(select(from).from(tables.staging()).where(isWanted).orderBy(RECORD_UUID))
                .execute();
    }

    /** Ends the previous snapshots beyond the keep count, in the ledger and in the whole copies of layout 1. */
    private void prunePrevious() {
        List<Ledger.Entry> previous = ledger.entries(dsl, Ledger.of(dataset, partition, SnapshotState.PREVIOUS));
        for (Ledger.Entry beyond : request.beyond(previous)) {
            PostgresWindowStore.end(session, ledger, tables, beyond);
        }
    }

    private void finish(long number, State state) {
        dsl.deleteFrom(tables.staging()).where(BATCH_ID.eq(id.value())).execute();
        dsl.update(ledger.snapshots())
                .set(Ledger.STATE, SnapshotState.CURRENT.name())
                .set(Ledger.ARCHIVE_ID, archive())
                .set(Ledger.CARRIED_COLUMNS, tables.dataset().carriedColumns().toArray(new String[0]))
                .set(Ledger.PUBLISHED_AT, Ledger.NOW)
                .set(Ledger.NUMBER, number)
                .set(Ledger.STATE_TOKEN, state.token().text())
                .set(Ledger.ROW_VERSIONS, state.versions().text())
                .where(Ledger.DATASET.eq(dataset), Ledger.BATCH_ID.eq(id.value()))
                .execute();
        FormerVersions.prune(session, ledger, tables, partition);
    }
}
