package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jooq.Name;
import org.jooq.Record;

/**
 * The tables of a dataset: current rows, former versions and staging. Their names are the dataset's name with
 * {@code _SNAPSHOT}, {@code _SNAPSHOT_VERSION} and {@code _SNAPSHOT_STAGING}. The view {@code _SNAPSHOT_HISTORY} shows
 * whole previous snapshots. Carried columns keep their names. Immutable.
 */
final class WindowTables {
    /** Characters of a name in SQL Server (sysname). */
    static final int MAX_NAME_LENGTH = 128;

    /** A nonclustered index's key ends at 1,700 bytes, two a character. */
    static final int MAX_INDEXED_CHARACTERS = 850;

    /** In this collation case, accents and every other difference count, trailing blanks aside. */
    static final String BINARY_COLLATION = "Latin1_General_100_BIN2";

    /** The partition for the whole table. A foreign writer that names no partition writes to it. */
    static final String WHOLE = Partition.ALL.name();

    /** The longest combination of prefix and suffix around a dataset's name. */
    private static final String LONGEST_AFFIXES = "TR_" + "_SNAPSHOT_HISTORY_LAYOUT";

    /** NCHAR and NVARCHAR. The catalogue gives their lengths in bytes, two per character. */
    private static final Set<Integer> WIDE_TYPES = Set.of(231, 239);

    /** Columns of the window's tables that a row hash may include, if a source has columns of these names. */
    private static final Set<String> NUMBER_COLUMNS = Set.of("first_number", "last_number", "former_hash", "row_order");

    private static final String LOCK_PREFIX = "hybrid-snapshots:";
    private static final int MAX_LOCK_NAME_LENGTH = 255;

    /** The lock under which tables are made. */
    private static final String MAKING = "tables";

    /**
     * The lock for publishing, removing, taking back and linking snapshots, one at a time. Its holder then locks the
     * current table, the ledger's rows and the former versions, in this order.
     */
    static final String PUBLISHING = "publish";

    private final String schema;
    private final String stem;
    private final Dataset dataset;
    private final Optional<ZoneId> foreignZone;
    private final List<Name> carried;

    /**
     * A carried column as the tables have it.
     *
     * @param maxLength characters it holds; empty: any number
     * @param isNullable whether it may be NULL
     */
    record CarriedColumn(String name, OptionalInt maxLength, boolean isNullable) {
        /** The limits that fit both this column and another. */
        CarriedColumn within(CarriedColumn other) {
            OptionalInt shorter = maxLength;
            if (other.maxLength().isPresent()
                    && (maxLength.isEmpty() || other.maxLength().getAsInt() < maxLength.getAsInt())) {
                shorter = other.maxLength();
            }
            return new CarriedColumn(name, shorter, isNullable && other.isNullable());
        }
    }

    /**
     * @throws SnapshotException INVALID_REQUEST if the dataset's or a carried column's name cannot be a name here
     */
    WindowTables(String schema, Dataset dataset, Optional<ZoneId> foreignZone) {
        this.schema = schema;
        this.foreignZone = foreignZone;
        this.dataset = dataset;
        this.stem = dataset.name();
        int longest = MAX_NAME_LENGTH - LONGEST_AFFIXES.length();
        if (stem.length() > longest) {
            throw SnapshotException.invalidRequest("the dataset's name is too long for the window's tables")
                    .actual("'" + stem + "', " + stem.length() + " characters")
                    .expected("at most " + longest)
                    .nextStep("give the dataset a shorter name")
                    .build();
        }
        Set<String> seen = new HashSet<>();
        List<Name> names = new ArrayList<>();
        for (String column : dataset.carriedColumns()) {
            requireName(column);
            if (!seen.add(folded(column))) {
                throw invalidColumn(column, "a name that differs from the other carried ones in more than case");
            }
            names.add(name(column));
        }
        this.carried = List.copyOf(names);
    }

    private void requireName(String column) {
        if (column.isBlank() || column.length() > MAX_NAME_LENGTH || column.indexOf('\0') >= 0) {
            throw invalidColumn(column, "a name of 1 to " + MAX_NAME_LENGTH + " characters, not all of them blanks");
        }
        if (HashSpec.SYSTEM_COLUMNS.contains(folded(column)) || NUMBER_COLUMNS.contains(folded(column))) {
            throw invalidColumn(column, "another name than that of one of the window's own columns");
        }
    }

    /** Names that differ in case or in trailing blanks are one to most databases. */
    private static String folded(String column) {
        return column.toLowerCase(Locale.ROOT).stripTrailing();
    }

    private SnapshotException invalidColumn(String column, String expected) {
        return WindowConflicts.notCarried(dataset.name(), column, expected);
    }

    /** The zone of the local times that foreign writers write; empty means UTC. */
    Optional<ZoneId> foreignZone() {
        return foreignZone;
    }

    Dataset dataset() {
        return dataset;
    }

    Name current() {
        return name(schema, stem + "_SNAPSHOT");
    }

    /** Versions of rows that the current table no longer has and previous snapshots need. */
    Name version() {
        return name(schema, stem + "_SNAPSHOT_VERSION");
    }

    Name staging() {
        return name(schema, stem + "_SNAPSHOT_STAGING");
    }

    /** The staging table as bulk copy wants its name. */
    String stagingTarget() {
        return WindowScript.bracketed(schema) + "." + WindowScript.bracketed(stem + "_SNAPSHOT_STAGING");
    }

    List<Name> carried() {
        return carried;
    }

    /**
     * Checks that a partition's name is distinguishable from every other one.
     *
     * @throws SnapshotException INVALID_REQUEST if it ends with a blank, which no collation of SQL Server compares
     */
    Partition requireDistinct(Partition partition) {
        if (partition.name().endsWith(" ")) {
            throw SnapshotException.invalidRequest("the partition's name ends with a blank")
                    .where("dataset '" + dataset.name() + "'")
                    .actual("'" + partition.name() + "'")
                    .expected("a name that SQL Server can tell from the same without the blank")
                    .nextStep("trim the partition's name")
                    .build();
        }
        return partition;
    }

    /**
     * Whether the dataset was prepared: its tables exist, and they do not belong to a dataset with a name that differs
     * only in case.
     *
     * @throws SnapshotException INVALID_REQUEST if an older program made the tables
     */
    boolean exist(SqlServerSession session) {
        boolean isOurs = exists(session, current()) && otherOwner(session).isEmpty();
        if (isOurs) {
            requireLayout(session);
        }
        return isOurs;
    }

    private boolean exists(SqlServerSession session, Name table) {
        return session.dsl()
                .fetchSingle("select case when object_id({0}, 'U') is null then 0 else 1 end", val(quoted(table)))
                .get(0, Integer.class)
                .equals(1);
    }

    private static String quoted(Name table) {
        return WindowScript.bracketed(table.first()) + "." + WindowScript.bracketed(table.last());
    }

    /** Whether {@link #claim} was successful once. */
    boolean areClaimed(SqlServerSession session) {
        return exists(session, name(schema, Ledger.WRITER_TABLE))
                && session.dsl().fetchOptional(ledger().ownerOf(dataset.name())).isPresent();
    }

    private Ledger ledger() {
        return new Ledger(schema);
    }

    /** Another dataset that claimed these tables, if there is one. */
    private Optional<String> otherOwner(SqlServerSession session) {
        return session.dsl().fetchOptional(ledger().ownerBeside(dataset.name())).map(row -> row.get(0, String.class));
    }

    /**
     * Claims the tables for this dataset and makes what is missing of them, within the session's transaction. Tables
     * that an administrator made are not this user's to alter.
     *
     * @throws SnapshotException INVALID_REQUEST if another dataset, with a name that differs only in case, has claimed
     *     or written them; CONFLICT if another session makes tables for longer than the lock timeout
     */
    void prepare(SqlServerSession session) throws SQLException {
        takeTurn(session, MAKING, SqlServerSession.LOCK_TIMEOUT_MILLIS);
        claim(session);
        if (!isComplete(session)) {
            make(session);
        }
    }

    private void claim(SqlServerSession session) {
        if (areClaimed(session)) {
            return;
        }
        session.dsl().fetch(ledger().namesakesOf(dataset.name())).stream()
                .findFirst()
                .ifPresent(row -> {
                    throw ownedBy(row.get(0, String.class));
                });
        session.dsl().execute(ledger().insertOwner(dataset.name(), "owns " + stem + "_SNAPSHOT"));
    }

    /**
     * Checks that no other dataset has claimed the tables.
     *
     * @throws SnapshotException INVALID_REQUEST naming both
     */
    void requireNoOtherOwner(SqlServerSession session) {
        otherOwner(session).ifPresent(owner -> {
            throw ownedBy(owner);
        });
    }

    private SnapshotException ownedBy(String owner) {
        return SnapshotException.invalidRequest("two datasets would share their tables in the window")
                .where("schema '" + schema + "', table '" + stem + "_SNAPSHOT'")
                .actual("'" + dataset.name() + "' beside '" + owner + "', which has the tables")
                .expected("names that differ in more than upper and lower case")
                .nextStep("give dataset '" + dataset.name() + "' another name")
                .build();
    }

    /** Whether all tables and columns exist. Takes no lock, unlike ALTER TABLE, which locks even without a change. */
    boolean isComplete(SqlServerSession session) {
        return isComplete(session, current(), "first_number")
                && isComplete(session, version(), "last_number")
                && isComplete(session, staging(), "row_order")
                && hasTrigger(session);
    }

    private boolean isComplete(SqlServerSession session, Name table, String ofLayout) {
        if (!exists(session, table)) {
            return false;
        }
        Set<String> there = new HashSet<>();
        columns(session, table).forEach(row -> there.add(folded(row.get("name", String.class))));
        return there.contains(ofLayout)
                && dataset.carriedColumns().stream().map(WindowTables::folded).allMatch(there::contains);
    }

    /**
     * The trigger is the last object that {@link #make} makes of those that keep previous snapshots. The table tells of
     * it also to users from whom the trigger's name is hidden.
     */
    private boolean hasTrigger(SqlServerSession session) {
        return session.dsl()
                .fetchSingle(
                        "select case when objectproperty(object_id({0}, 'U'), 'TableHasDeleteTrigger') = 1 then 1"
                                + " else 0 end",
                        val(quoted(current())))
                .get(0, Integer.class)
                .equals(1);
    }

    /**
     * Checks that the tables have the layout of this program.
     *
     * @throws SnapshotException INVALID_REQUEST if an older program made them
     */
    private void requireLayout(SqlServerSession session) {
        // A table that another program made, and that was never prepared, has neither.
        if (exists(session, staging()) && !exists(session, version())) {
            throw SnapshotException.invalidRequest("the dataset's tables in the window have an earlier layout")
                    .where("table " + quoted(current()))
                    .actual("no table " + quoted(version()) + ", or none that this user may read")
                    .expected("tables of layout 2")
                    .nextStep(
                            "prepare the dataset again: {0} does; or, if the scripts have run and only the right to"
                                    + " the table is missing, run the script of the roles (sqlserver_roles.sql) again",
                            CommonRemedy.PREPARATION)
                    .build();
        }
    }

    private void make(SqlServerSession session) throws SQLException {
        WindowScript script = new WindowScript(schema, stem, WindowScript.Carried.of(dataset.carriedColumns()));
        List<String> batches = new ArrayList<>(script.current());
        batches.addAll(script.history());
        batches.addAll(script.staging());
        run(session, batches);
    }

    /** Runs batches unchanged: they contain no parameters and no escapes of JDBC. */
    static void run(SqlServerSession session, List<String> batches) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            for (String batch : batches) {
                statement.execute(batch);
                while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
                    // An error of a later statement is thrown by the result that it stands for.
                }
            }
        }
    }

    private static Iterable<Record> columns(SqlServerSession session, Name table) {
        return session.dsl()
                .fetch(
                        "select c.name, c.max_length, c.is_nullable, c.system_type_id,"
                                + " case when c.is_computed = 1 or c.is_identity = 1 or c.generated_always_type <> 0"
                                + " or c.system_type_id = 189 then 1 else 0 end as is_generated"
                                + " from sys.columns as c where c.object_id = object_id({0}, 'U') order by c.column_id",
                        val(quoted(table)));
    }

    /** The carried columns as the tables of current and staged rows can hold them, in the dataset's order. */
    List<CarriedColumn> carriedColumns(SqlServerSession session) {
        List<CarriedColumn> found = new ArrayList<>();
        for (String column : dataset.carriedColumns()) {
            CarriedColumn narrowest = new CarriedColumn(column, OptionalInt.empty(), true);
            for (Name table : List.of(current(), staging())) {
                narrowest = narrowest.within(carriedColumn(session, table, column));
            }
            found.add(narrowest);
        }
        return List.copyOf(found);
    }

    private static CarriedColumn carriedColumn(SqlServerSession session, Name table, String column) {
        for (Record row : columns(session, table)) {
            if (folded(row.get("name", String.class)).equals(folded(column))) {
                int bytes = row.get("max_length", Integer.class);
                boolean isUnicode = WIDE_TYPES.contains(row.get("system_type_id", Integer.class));
                return new CarriedColumn(
                        column,
                        bytes < 0 ? OptionalInt.empty() : OptionalInt.of(isUnicode ? bytes / 2 : bytes),
                        row.get("is_nullable", Boolean.class));
            }
        }
        throw SnapshotException.invalidRequest("a carried column is missing in the window's tables")
                .where("table " + quoted(table))
                .actual("no column '" + column + "'")
                .nextStep("prepare the dataset again: {0} does", CommonRemedy.PREPARATION)
                .build();
    }

    /** Columns of the current table that are neither the window's own nor carried now, and that can be written. */
    List<Name> othersInCurrent(SqlServerSession session) {
        Set<String> known = new HashSet<>(HashSpec.SYSTEM_COLUMNS);
        known.addAll(NUMBER_COLUMNS);
        dataset.carriedColumns().forEach(column -> known.add(folded(column)));
        List<Name> others = new ArrayList<>();
        for (Record row : columns(session, current())) {
            String column = row.get("name", String.class);
            if (row.get("is_generated", Integer.class) == 0 && !known.contains(folded(column))) {
                others.add(name(column));
            }
        }
        return others;
    }

    /**
     * A name for application locks on an object of this dataset, shared by every session that names it. Datasets with
     * names that differ only in case share one lock name. The server compares lock names exactly and limits them to 255
     * characters.
     */
    String lockName(String... of) {
        String readable = LOCK_PREFIX + schema + "." + folded(stem) + ":" + String.join(":", of);
        if (readable.length() <= MAX_LOCK_NAME_LENGTH) {
            return readable;
        }
        MessageDigest digest = Sha256.digest();
        digest.update(readable.getBytes(StandardCharsets.UTF_8));
        return LOCK_PREFIX + HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Takes an application lock of the session's transaction, which ends with it.
     *
     * @throws SnapshotException CONFLICT if another has it for longer than that
     */
    void takeTurn(SqlServerSession session, String of, int millis) {
        int result = session.dsl()
                .fetchSingle(WindowStatements.takeLock(lockName(of), "Transaction", millis))
                .get(0, Integer.class);
        if (result < 0) {
            throw SnapshotException.conflict("another session is busy with the dataset's tables")
                    .where("dataset '" + dataset.name() + "'")
                    .actual("no turn within " + millis + " ms (sp_getapplock answered " + result + ")")
                    .expected("its turn after the publishes of other partitions")
                    .nextStep(
                            "nothing is lost: {0}; {1} or the next save finishes what is staged",
                            CommonRemedy.REPEAT, CommonRemedy.RECOVERY)
                    .build();
        }
    }
}
