package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.sqlserver.connection.SqlServerFaults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The T-SQL that creates the tables of a dataset, brings those of layout 1 to layout 2, and makes view and triggers.
 * The batches suit {@code sqlcmd} (which separates them by {@code GO}) or one {@link java.sql.Statement#execute} each.
 * Every batch is idempotent: it creates missing objects and leaves existing ones unchanged. The scripts in {@code
 * sql/ddl/tables/orders} are this T-SQL, for ORDERS_UNIFIED. Immutable.
 */
final class WindowScript {
    /**
     * A carried column.
     *
     * @param name its name
     * @param type its T-SQL type
     * @param nullability {@code NULL} or {@code NOT NULL}
     * @param description its {@code MS_Description}
     */
    record Carried(String name, String type, String nullability, String description) {
        private static final Pattern LENGTH = Pattern.compile("NVARCHAR\\((\\d+)\\)");

        /** Whether the column may hold no NULL. */
        boolean isRequired() {
            return nullability.equals("NOT NULL");
        }

        /** The characters that the column of a required text holds. */
        int characters() {
            Matcher length = LENGTH.matcher(type);
            if (!length.matches()) {
                throw new IllegalStateException("a required column of type " + type);
            }
            return Integer.parseInt(length.group(1));
        }

        /**
         * Columns for carried text as the program creates them. The first column is indexed and takes the longest text
         * that an index key allows.
         */
        static List<Carried> of(List<String> names) {
            return IntStream.range(0, names.size())
                    .mapToObj(i -> new Carried(
                            names.get(i),
                            i == 0 ? "NVARCHAR(" + WindowTables.MAX_INDEXED_CHARACTERS + ")" : "NVARCHAR(MAX)",
                            "NULL",
                            "Carried from the source as text"))
                    .toList();
        }
    }

    private record Described(String name, String text) {}

    /**
     * The time that a statement waits for a lock. The limit also applies under sqlcmd, which by default waits for ever
     * while all others queue behind it.
     */
    private static final int LOCK_TIMEOUT_MILLIS = 30_000;

    private static final int HASH_CHARACTERS = 64;
    private static final int PARTITION_CHARACTERS = 255;

    private static final String CURRENT = "_SNAPSHOT";
    private static final String VERSION = "_SNAPSHOT_VERSION";
    private static final String HISTORY = "_SNAPSHOT_HISTORY";
    private static final String STAGING = "_SNAPSHOT_STAGING";

    /** The table of previous snapshots that layout 1 had, until its rows have become versions. */
    private static final String LAYOUT_1 = "_SNAPSHOT_HISTORY_LAYOUT_1";

    private static final String BY_DATE = "IX_SNAPSHOT_CUSTOMER_DATE";
    private static final String BY_BATCH = "IX_SNAPSHOT_STAGING_BATCH";
    private static final String ANY_TEXT = "NVARCHAR(MAX)";
    private static final String STAGED_HASH = "CHAR(64) COLLATE " + WindowTables.BINARY_COLLATION;

    private static final List<String> STAMPS =
            List.of("snapshot_date", "customer_filter", "batch_id", "records_count", "parquet_archive_id");

    private static final Set<String> STAMPS_OF_LEDGER =
            Set.of("snapshot_date", "batch_id", "records_count", "parquet_archive_id");

    /** The key of the session's context that tells the trigger of the program's own sessions. */
    static final String WRITER_KEY = "hybrid-snapshots.window-writer";

    private final String schema;
    private final String stem;
    private final List<Carried> carried;

    WindowScript(String schema, String stem, List<Carried> carried) {
        this.schema = schema;
        this.stem = stem;
        this.carried = List.copyOf(carried);
    }

    /** A name as T-SQL quotes it: brackets, the closing one doubled. */
    static String bracketed(String name) {
        return "[" + name.replace("]", "]]") + "]";
    }

    /** A text as a Unicode literal. */
    static String literal(String text) {
        return "N'" + text.replace("'", "''") + "'";
    }

    private String table(String suffix) {
        return bracketed(schema) + "." + bracketed(stem + suffix);
    }

    /** The table of current rows. */
    List<String> current() {
        String table = table("_SNAPSHOT");
        List<String> batches = new ArrayList<>();
        batches.add(create(
                table,
                columns("    [batch_id] UNIQUEIDENTIFIER NULL,"),
                "CONSTRAINT " + bracketed("PK_" + stem + "_SNAPSHOT")
                        + " PRIMARY KEY CLUSTERED ([customer_filter], [record_uuid])"));
        batches.add(rekey(table));
        batches.addAll(added(table));
        batches.add(added(table, "batch_id", "UNIQUEIDENTIFIER"));
        batches.add(added(table, "records_count", "INT"));
        batches.add(added(table, "parquet_archive_id", "BIGINT"));
        batches.add(added(table, "first_number", "BIGINT"));
        batches.add(defaulted(table, "snapshot_date", "SYSUTCDATETIME()"));
        batches.add(defaulted(table, "customer_filter", "N'" + WindowTables.WHOLE + "'"));
        String key = carried.isEmpty() ? "" : bracketed(carried.get(0).name());
        batches.add(index(
                table, "IX_SNAPSHOT_HASH_LOOKUP", "([row_hash])" + (key.isEmpty() ? "" : " INCLUDE (" + key + ")")));
        // Covers the rows' owners and the newest date: each publish writes this index, and no other, for every row.
        String byDate = "([customer_filter], [snapshot_date]) INCLUDE ([batch_id])";
        batches.add(index(table, BY_DATE, byDate));
        batches.add(covering(table, BY_DATE, "batch_id", byDate));
        // Covers the state token, the stream of hashes and the counts: a publish writes it for changed rows alone.
        batches.add(index(
                table, "IX_SNAPSHOT_STATE", "([customer_filter], [record_uuid]) INCLUDE ([row_hash], [first_number])"));
        if (!key.isEmpty()) {
            batches.add(index(table, keyIndex(), "(" + key + ") INCLUDE ([row_hash])"));
        }
        batches.add(index(table, "IX_SNAPSHOT_RECORD_UUID", "([record_uuid])"));
        batches.add(described(
                "_SNAPSHOT",
                "Current snapshot of every partition of " + stem + ": a record once per partition",
                ownColumns(
                        "Id of the snapshot; NULL where a foreign writer made it",
                        new Described(
                                "first_number",
                                "Number of the first snapshot with this version of the row; NULL where a foreign"
                                        + " writer made or changed it"))));
        return batches;
    }

    /** The index on the business key has the name that the founding document gave it. */
    private String keyIndex() {
        return "IX_SNAPSHOT_AAG_ORDER";
    }

    /**
     * The former versions of rows, the view of whole previous snapshots, and the trigger that keeps the versions from
     * foreign statements. Whole copies of layout 1 become versions.
     */
    List<String> history() {
        String version = table(VERSION);
        List<String> batches = new ArrayList<>();
        List<String> columns = new ArrayList<>(List.of(
                "    [record_uuid] UNIQUEIDENTIFIER NOT NULL,",
                "    [row_hash] NVARCHAR(" + WindowTables.MAX_INDEXED_CHARACTERS + ") NOT NULL,"));
        // Without limits: a row that another program made wider must not keep that program from removing it.
        carried.forEach(column -> columns.add("    " + bracketed(column.name()) + " " + ANY_TEXT + " NULL,"));
        columns.addAll(stamps("    [batch_id] UNIQUEIDENTIFIER NULL,"));
        columns.add("    [first_number] BIGINT NOT NULL,");
        columns.add("    [last_number] BIGINT NOT NULL,");
        batches.add(create(version, columns, ""));
        carried.forEach(column -> batches.add(added(version, column.name(), ANY_TEXT)));
        // Not unique: no foreign statement may fail because of a version.
        batches.add(index(
                "CREATE CLUSTERED INDEX",
                version,
                "IX_SNAPSHOT_VERSION_LAST",
                "([customer_filter], [last_number], [record_uuid])"));
        batches.add(setAside());
        carried.forEach(column -> batches.add(addedToLayout1(column.name())));
        batches.add(view());
        batches.add(refusal());
        batches.add(moved());
        batches.add(keeping());
        batches.add(described(
                VERSION,
                "Former versions of rows of " + stem + " that previous snapshots have",
                ownColumns(
                        "Id of the snapshot whose stamps the row has",
                        new Described("first_number", "Number of the first snapshot with this version of the row"),
                        new Described("last_number", "Number of the first snapshot without this version of the row"))));
        batches.add(described(
                schema,
                stem + HISTORY,
                "VIEW",
                "Previous snapshots of every partition of " + stem
                        + " that the window still keeps, whole; one that lacks rows is not shown",
                "COLUMN",
                ownColumns("Id of the snapshot; given when it was retired where a foreign writer made it")));
        return batches;
    }

    private static List<String> stamps(String batchId) {
        return List.of(
                "    [snapshot_date] DATETIME2 NOT NULL,",
                "    [customer_filter] NVARCHAR(255) COLLATE " + WindowTables.BINARY_COLLATION + " NOT NULL,",
                batchId,
                "    [records_count] INT NULL,",
                "    [parquet_archive_id] BIGINT NULL,");
    }

    /** Columns of rows, in the order of the table of layout 1. */
    private String listed(UnaryOperator<String> text, UnaryOperator<String> stamp) {
        List<String> all = new ArrayList<>(List.of(stamp.apply("record_uuid"), text.apply("row_hash")));
        carried.forEach(column -> all.add(text.apply(column.name())));
        STAMPS.forEach(column -> all.add(stamp.apply(column)));
        return String.join(", ", all);
    }

    private static String text(String alias, String column, String type) {
        return "CONVERT(" + type + ", " + alias + "." + bracketed(column) + ") COLLATE DATABASE_DEFAULT AS "
                + bracketed(column);
    }

    /** The table of layout 1 gives its name to the view; its rights move with it. */
    private String setAside() {
        return lines(
                "-- Layout 1: whole previous snapshots. The name is that of a view from now on.",
                "IF OBJECT_ID(" + literal(table(HISTORY)) + ", N'U') IS NOT NULL",
                "EXEC sys.sp_rename @objname = " + literal(table(HISTORY)) + ", @newname = " + literal(stem + LAYOUT_1)
                        + ", @objtype = 'OBJECT';");
    }

    /** A column that is carried only since the upgrade. */
    private String addedToLayout1(String column) {
        String layout1 = table(LAYOUT_1);
        return lines(
                "IF OBJECT_ID(" + literal(layout1) + ", N'U') IS NOT NULL",
                "   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(" + literal(layout1)
                        + ") AND name = " + literal(column) + ")",
                "ALTER TABLE " + layout1 + " ADD " + bracketed(column) + " " + ANY_TEXT + " NULL;");
    }

    /**
     * Whole previous snapshots. The count over the very rows that are shown hides a snapshot that lacks rows, and one
     * that a publish moves while the statement runs without waiting for it.
     */
    private String view() {
        String hash = "NVARCHAR(" + WindowTables.MAX_INDEXED_CHARACTERS + ")";
        String current = listed(
                column -> text("c", column, column.equals("row_hash") ? hash : ANY_TEXT),
                column -> "c." + bracketed(column));
        String former = listed(
                column -> text("v", column, column.equals("row_hash") ? hash : ANY_TEXT),
                column -> "v." + bracketed(column));
        String shown = listed(
                column -> "x." + bracketed(column),
                column -> STAMPS_OF_LEDGER.contains(column)
                        ? column.equals("records_count")
                                ? "CONVERT(INT, p.[records_count]) AS [records_count]"
                                : "p." + bracketed(column)
                        : "x." + bracketed(column));
        return lines(
                "-- Locks the current table, shared, until the reader's transaction ends, before it reads former"
                        + " versions; a publish",
                "-- locks the current table before it writes versions. So no statement sees a half-moved snapshot, with"
                        + " row versions or",
                "-- without.",
                "CREATE OR ALTER VIEW " + table(HISTORY) + " AS",
                "SELECT " + listed(column -> "s." + bracketed(column), column -> "s." + bracketed(column)),
                "FROM (",
                "    SELECT " + shown + ",",
                "        p.[records_count] AS [expected],",
                "        COUNT_BIG(*) OVER (PARTITION BY x.[customer_filter], p.[batch_id],"
                        + " p.[snapshot_date]) AS [found]",
                "    FROM (",
                "        SELECT " + current + ", c.[first_number],",
                "            CONVERT(BIGINT, " + Long.MAX_VALUE + ") AS [last_number]",
                "        FROM " + table(CURRENT) + " AS c WITH (TABLOCK, REPEATABLEREAD)",
                "        WHERE c.[first_number] IS NOT NULL",
                "        UNION ALL",
                "        SELECT " + former + ", v.[first_number], v.[last_number]",
                "        FROM " + table(VERSION) + " AS v WITH (READCOMMITTEDLOCK)",
                "    ) AS x",
                "    INNER JOIN " + ledger() + " AS p WITH (READCOMMITTEDLOCK)",
                "        ON p.[customer_filter] = x.[customer_filter] AND x.[first_number] <= p.[number] AND"
                        + " x.[last_number] > p.[number]",
                "    WHERE p.[dataset] = " + literal(stem) + " AND p.[state] = 'PREVIOUS'",
                ") AS s",
                "WHERE s.[found] = s.[expected];");
    }

    private String refusal() {
        return lines(
                "-- The view has the name of the table that layout 1 wrote to.",
                "CREATE OR ALTER TRIGGER " + object("TR_" + stem + "_SNAPSHOT_HISTORY_LAYOUT") + " ON "
                        + table(HISTORY),
                "INSTEAD OF INSERT, UPDATE, DELETE",
                "AS",
                "BEGIN",
                "    SET NOCOUNT ON;",
                "    THROW " + SqlServerFaults.OTHER_LAYOUT + ", N'the window has layout 2, and previous snapshots are"
                        + " not written whole; nothing was changed, use a release of the program that knows layout 2',"
                        + " 1;",
                "END;");
    }

    /** The whole copies of layout 1, as versions that one snapshot has. */
    private String moved() {
        String layout1 = table(LAYOUT_1);
        String columns = listed(WindowScript::bracketed, WindowScript::bracketed);
        return lines(
                "-- Layout 1: each row of a previous snapshot becomes a version that this snapshot alone has. Rights on"
                        + " the table of",
                "-- layout 1 become rights on the view, if the user may grant them. No user grants a right to himself.",
                "IF OBJECT_ID(" + literal(layout1) + ", N'U') IS NOT NULL",
                "BEGIN",
                "    DECLARE @rights NVARCHAR(MAX);",
                "    SET @rights = (",
                "        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), CONCAT(N'GRANT', N' SELECT ON "
                        + table(HISTORY).replace("'", "''") + " TO ', QUOTENAME(g.name), N';')), CHAR(10))",
                "        FROM sys.database_permissions AS r",
                "        INNER JOIN sys.database_principals AS g ON g.principal_id = r.grantee_principal_id",
                "        WHERE r.class = 1 AND r.major_id = OBJECT_ID(" + literal(layout1) + ") AND r.minor_id = 0",
                "          AND r.permission_name = N'SELECT' AND r.state IN ('G', 'W')",
                "          AND r.grantee_principal_id <> DATABASE_PRINCIPAL_ID());",
                "    SET XACT_ABORT ON;",
                "    BEGIN TRANSACTION;",
                "    INSERT INTO " + table(VERSION) + " WITH (TABLOCK) (" + columns
                        + ", [first_number], [last_number])",
                "    SELECT " + listed(column -> "h." + bracketed(column), column -> "h." + bracketed(column))
                        + ", l.[number], l.[number] + 1",
                "    FROM " + layout1 + " AS h",
                "    INNER JOIN " + ledger() + " AS l ON l.[customer_filter] = h.[customer_filter] AND l.[batch_id] ="
                        + " h.[batch_id]",
                "    WHERE l.[dataset] = " + literal(stem) + " AND l.[state] = 'PREVIOUS' AND l.[number] IS NOT NULL;",
                "    DROP TABLE " + layout1 + ";",
                "    IF HAS_PERMS_BY_NAME(" + literal(table(HISTORY)) + ", N'OBJECT', N'CONTROL') = 1",
                "    BEGIN",
                "        IF @rights IS NOT NULL EXEC sys.sp_executesql @rights;",
                "    END",
                "    ELSE",
                "    BEGIN",
                // The names of other users may be hidden from this one, and the list is then short.
                "        PRINT N'Warning: the rights to SELECT of the former table are not on the view, since this user"
                        + " may not grant them. Grant them as db_owner; those that this user sees:';",
                "        WHILE LEN(@rights) > 0",
                "        BEGIN",
                "            PRINT SUBSTRING(@rights, 1, CHARINDEX(CHAR(10), @rights + CHAR(10)) - 1);",
                "            SET @rights = SUBSTRING(@rights, CHARINDEX(CHAR(10), @rights + CHAR(10)) + 1,"
                        + " LEN(@rights));",
                "        END;",
                "    END;",
                "    COMMIT TRANSACTION;",
                "END;");
    }

    /**
     * Keeps versions that previous snapshots share with the current table from foreign statements, and takes the number
     * of each row that a foreign statement changes.
     */
    private String keeping() {
        String trigger = object("TR_" + stem + "_SNAPSHOT_KEEP");
        List<String> watched = new ArrayList<>(List.of("record_uuid", "row_hash", "customer_filter", "batch_id"));
        carried.forEach(column -> watched.add(column.name()));
        String updated = watched.stream()
                .map(column -> "UPDATE(" + bracketed(column) + ")")
                .collect(Collectors.joining(" OR "));
        List<String> differing = new ArrayList<>(List.of(differs("row_hash"), differs("batch_id")));
        carried.forEach(column -> differing.add(differs(column.name())));
        String twin = "ON i.[customer_filter] = d.[customer_filter] AND i.[record_uuid] = d.[record_uuid]";
        return lines(
                "-- A previous snapshot shares unchanged rows with the current table. Where a foreign statement takes"
                        + " such a row away or",
                "-- changes it, this trigger keeps the row among the former versions. A changed row loses its number,"
                        + " by which the next",
                "-- save finds it. The program's own sessions are silent. The rights are those of the tables' owner.",
                "CREATE OR ALTER TRIGGER " + trigger + " ON " + table(CURRENT),
                "AFTER UPDATE, DELETE",
                "AS",
                "BEGIN",
                "    IF CONVERT(INT, SESSION_CONTEXT(N'" + WRITER_KEY + "')) = 1 OR TRIGGER_NESTLEVEL(@@PROCID) > 1",
                "        RETURN;",
                "    SET NOCOUNT ON;",
                "    IF NOT EXISTS (SELECT 1 FROM deleted)",
                "        RETURN;",
                "    IF EXISTS (SELECT 1 FROM inserted) AND NOT (" + updated + ")",
                "        RETURN;",
                "    DECLARE @edges TABLE (",
                "        [customer_filter] NVARCHAR(255) COLLATE " + WindowTables.BINARY_COLLATION
                        + " NOT NULL PRIMARY KEY,",
                "        [here] BIGINT NOT NULL,",
                "        [previous] BIGINT NOT NULL",
                "    );",
                "    DECLARE @changed TABLE (",
                "        [customer_filter] NVARCHAR(255) COLLATE " + WindowTables.BINARY_COLLATION + " NOT NULL,",
                "        [record_uuid] UNIQUEIDENTIFIER NOT NULL,",
                "        [is_new] INT NOT NULL,",
                "        PRIMARY KEY ([customer_filter], [record_uuid])",
                "    );",
                "    INSERT INTO @edges ([customer_filter], [here], [previous])",
                "    SELECT n.[customer_filter], CASE WHEN n.[here] > 0 THEN n.[here] ELSE n.[previous] + 1 END,"
                        + " n.[previous]",
                "    FROM (",
                "        SELECT l.[customer_filter], MAX(CASE WHEN l.[state] = 'CURRENT' THEN l.[number] ELSE 0 END)"
                        + " AS [here],",
                "            MAX(CASE WHEN l.[state] = 'PREVIOUS' THEN l.[number] ELSE 0 END) AS [previous]",
                "        FROM " + ledger() + " AS l WITH (READCOMMITTEDLOCK)",
                "        WHERE l.[dataset] = " + literal(stem)
                        + " AND l.[state] IN ('CURRENT', 'PREVIOUS') AND l.[number] IS NOT NULL",
                "        GROUP BY l.[customer_filter]",
                "    ) AS n;",
                "    INSERT INTO @changed ([customer_filter], [record_uuid], [is_new])",
                "    SELECT i.[customer_filter], i.[record_uuid], CASE WHEN d.[record_uuid] IS NULL THEN 1 ELSE 0 END",
                "    FROM inserted AS i",
                "    LEFT JOIN deleted AS d " + twin,
                "    WHERE d.[record_uuid] IS NULL",
                "       OR " + String.join("\n       OR ", differing),
                "    OPTION (HASH JOIN, MERGE JOIN, RECOMPILE);",
                "    INSERT INTO " + table(VERSION) + " WITH (TABLOCK) ("
                        + listed(WindowScript::bracketed, WindowScript::bracketed) + ", [first_number], [last_number])",
                "    SELECT "
                        + listed(
                                column -> column.equals("row_hash")
                                        ? "d.[row_hash]"
                                        : "CONVERT(" + ANY_TEXT + ", d." + bracketed(column) + ")",
                                column -> "d." + bracketed(column))
                        + ", d.[first_number], e.[here]",
                "    FROM deleted AS d",
                "    INNER JOIN @edges AS e ON e.[customer_filter] = d.[customer_filter]",
                "    LEFT JOIN inserted AS i " + twin,
                "    LEFT JOIN @changed AS x ON x.[customer_filter] = d.[customer_filter] AND x.[record_uuid] ="
                        + " d.[record_uuid]",
                "    WHERE d.[first_number] < e.[here] AND d.[first_number] <= e.[previous]",
                "      AND (i.[record_uuid] IS NULL OR x.[record_uuid] IS NOT NULL)",
                "    OPTION (HASH JOIN, MERGE JOIN, RECOMPILE);",
                "    UPDATE c",
                "    SET [first_number] = NULL, [batch_id] = CASE WHEN x.[is_new] = 1 THEN NULL ELSE c.[batch_id] END",
                "    FROM " + table(CURRENT) + " AS c",
                "    INNER JOIN @changed AS x ON x.[customer_filter] = c.[customer_filter] AND x.[record_uuid] ="
                        + " c.[record_uuid]",
                "    WHERE c.[first_number] IS NOT NULL OR x.[is_new] = 1 AND c.[batch_id] IS NOT NULL",
                "    OPTION (RECOMPILE);",
                "END;");
    }

    /** Compares the bytes: a collation may take different texts for equal. */
    private static String differs(String column) {
        String before = "d." + bracketed(column);
        String after = "i." + bracketed(column);
        return "CONVERT(VARBINARY(MAX), " + before + ") <> CONVERT(VARBINARY(MAX), " + after + ") OR " + before
                + " IS NULL AND " + after + " IS NOT NULL OR " + before + " IS NOT NULL AND " + after + " IS NULL";
    }

    private String object(String name) {
        return bracketed(schema) + "." + bracketed(name);
    }

    private String ledger() {
        return object(Ledger.LEDGER_TABLE);
    }

    /** The table for staging. */
    List<String> staging() {
        String table = table(STAGING);
        List<String> batches = new ArrayList<>();
        List<String> columns = new ArrayList<>(List.of(
                "    [batch_id] BINARY(16) NOT NULL,",
                "    [record_uuid] BINARY(16) NOT NULL,",
                "    [row_hash] " + STAGED_HASH + " NULL,",
                "    [former_hash] " + STAGED_HASH + " NULL,"));
        carried.forEach(column -> columns.add("    " + bracketed(column.name()) + " " + column.type() + " NULL,"));
        columns.add("    [row_order] BIGINT IDENTITY(1, 1) NOT NULL,");
        // Rows of one snapshot lie together, are appended, and are removed by ranges of their order. A repeated
        // identity is reported later, with its rows' places in the source.
        batches.add(create(table, columns, ""));
        batches.addAll(added(table));
        batches.add(added(table, "former_hash", STAGED_HASH));
        batches.add(lines(
                "IF COL_LENGTH(" + literal(table) + ", N'row_order') IS NULL",
                "ALTER TABLE " + table + " ADD [row_order] BIGINT IDENTITY(1, 1) NOT NULL;"));
        // A row that goes has neither a hash nor texts.
        batches.add(optional(table, "row_hash", STAGED_HASH));
        carried.stream()
                .filter(Carried::isRequired)
                .forEach(column -> batches.add(optional(table, column.name(), column.type())));
        batches.add(index("CREATE UNIQUE CLUSTERED INDEX", table, BY_BATCH, "([batch_id], [row_order])"));
        batches.add(lines(
                "-- Layout 1: an index on the batch alone.",
                "IF 1 = (SELECT COUNT(*)",
                "        FROM sys.indexes AS i",
                "        INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id",
                "        WHERE i.object_id = OBJECT_ID(" + literal(table) + ") AND i.name = N'" + BY_BATCH
                        + "' AND k.key_ordinal > 0)",
                "CREATE UNIQUE CLUSTERED INDEX [" + BY_BATCH + "] ON " + table
                        + " ([batch_id], [row_order]) WITH (DROP_EXISTING = ON);"));
        List<Described> described = new ArrayList<>(List.of(
                new Described(
                        "batch_id",
                        "Id of the snapshot that is being loaded, as a UNIQUEIDENTIFIER converts to BINARY"),
                new Described("record_uuid", "Stable identity of the row, as a UNIQUEIDENTIFIER converts to BINARY"),
                new Described("row_hash", "SHA-256 of the row, 64 lower-case hex digits; NULL for a row that goes"),
                new Described(
                        "former_hash",
                        "Hash of the row in the base of the changes; NULL for a NEW row, and where all rows are"
                                + " staged"),
                new Described("row_order", "Order in which rows were staged; they are removed by ranges of it")));
        carried.forEach(column -> described.add(new Described(column.name(), column.description())));
        batches.add(described(
                STAGING,
                "Rows and changes of snapshots of " + stem + " that are being loaded; only the program reads it",
                described));
        return batches;
    }

    private static String optional(String table, String column, String type) {
        return lines(
                "IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(" + literal(table) + ") AND name = "
                        + literal(column) + " AND is_nullable = 0)",
                "ALTER TABLE " + table + " ALTER COLUMN " + bracketed(column) + " " + type + " NULL;");
    }

    /** All batches as one script. */
    static String script(String comment, List<String> batches) {
        String header =
                comment.lines().map(line -> ("-- " + line).stripTrailing()).collect(Collectors.joining("\n"));
        List<String> all = new ArrayList<>();
        all.add(header + "\nSET ANSI_NULLS ON;\nSET QUOTED_IDENTIFIER ON;\nSET LOCK_TIMEOUT " + LOCK_TIMEOUT_MILLIS
                + ";");
        all.addAll(batches);
        return String.join("\nGO\n\n", all) + "\nGO\n";
    }

    private List<String> columns(String batchId) {
        List<String> columns = new ArrayList<>(
                List.of("    [record_uuid] UNIQUEIDENTIFIER NOT NULL,", "    [row_hash] NVARCHAR(64) NOT NULL,"));
        carried.forEach(column -> columns.add(carriedColumn(column)));
        columns.addAll(stamps(batchId));
        columns.add("    [first_number] BIGINT NULL,");
        return columns;
    }

    private static String carriedColumn(Carried column) {
        return "    " + bracketed(column.name()) + " " + column.type() + " " + column.nullability() + ",";
    }

    private static String create(String table, List<String> columns, String constraint) {
        String body = String.join("\n", columns);
        return "IF OBJECT_ID(" + literal(table) + ", N'U') IS NULL\nCREATE TABLE " + table + " (\n"
                + (constraint.isEmpty() ? body.substring(0, body.length() - 1) : body + "\n    " + constraint) + "\n);";
    }

    /**
     * The columns that may hold no NULL, with the types to use if they have to be altered: name, characters (empty:
     * none), type.
     */
    private String required() {
        List<String> rows = new ArrayList<>(List.of(
                "        (N'record_uuid', NULL, N'UNIQUEIDENTIFIER')",
                "        (N'row_hash', " + HASH_CHARACTERS + ", N'NVARCHAR')",
                "        (N'snapshot_date', NULL, N'DATETIME2')",
                "        (N'customer_filter', " + PARTITION_CHARACTERS + ", N'NVARCHAR')"));
        carried.stream()
                .filter(Carried::isRequired)
                .map(column -> "        (" + literal(column.name()) + ", " + column.characters() + ", N'NVARCHAR')")
                .forEach(rows::add);
        return String.join(",\n", rows) + ";";
    }

    /** The faults that prevent the key and the columns, each with a number of rows and a description. */
    private String unfit(String table) {
        List<String> faults = new ArrayList<>();
        for (String column : List.of("record_uuid", "row_hash", "snapshot_date", "customer_filter")) {
            faults.add(missing(table, column));
        }
        faults.add(fault(
                "with a record_uuid that is no UNIQUEIDENTIFIER",
                table + " WHERE [record_uuid] IS NOT NULL AND TRY_CONVERT(UNIQUEIDENTIFIER, [record_uuid]) IS NULL"));
        faults.add(fault(
                "with a snapshot_date that is no DATETIME2",
                table + " WHERE [snapshot_date] IS NOT NULL AND TRY_CONVERT(DATETIME2, [snapshot_date]) IS NULL"));
        faults.add(tooLong(table, "row_hash", HASH_CHARACTERS));
        faults.add(tooLong(table, "customer_filter", PARTITION_CHARACTERS));
        for (Carried column : carried) {
            if (column.isRequired()) {
                faults.add(missing(table, column.name()));
                faults.add(tooLong(table, column.name(), column.characters()));
            }
        }
        faults.add(fault(
                "too many for one record_uuid in one partition",
                "(SELECT ROW_NUMBER() OVER (PARTITION BY r.[partition], r.[id] ORDER BY r.[id]) AS [position]"
                        + " FROM (SELECT [customer_filter] COLLATE " + WindowTables.BINARY_COLLATION
                        + " AS [partition], TRY_CONVERT(UNIQUEIDENTIFIER, [record_uuid]) AS [id] FROM " + table
                        + " WHERE [record_uuid] IS NOT NULL) AS r) AS r WHERE r.[position] > 1"));
        return String.join("\n            UNION ALL\n", faults);
    }

    private static String missing(String table, String column) {
        return fault("without " + column, table + " WHERE " + bracketed(column) + " IS NULL");
    }

    /** A lengthened column keeps its length, so only a column without a limit can hold longer texts. */
    private static String tooLong(String table, String column, int characters) {
        return fault(
                "with a " + column + " of more than " + characters + " characters",
                table + " WHERE LEN(" + bracketed(column) + ") > " + characters + " AND COLUMNPROPERTY(OBJECT_ID("
                        + literal(table) + "), " + literal(column) + ", 'PRECISION') NOT BETWEEN " + characters
                        + " AND " + WindowTables.MAX_INDEXED_CHARACTERS);
    }

    private static String fault(String text, String from) {
        return "            SELECT COUNT_BIG(*) AS [rows_there], " + literal(" rows " + text) + " AS [fault] FROM "
                + from;
    }

    /**
     * Rebuilds the key of a table made by another program. Such a table has no key or the key of the founding document
     * (record_uuid alone). Its columns may be nullable, or its partition column may have the database's collation. The
     * script removes the objects on the columns, alters the columns, builds the clustered key, and then restores the
     * removed objects, so that each index is built once. The rebuild is either fully applied or not applied.
     */
    private String rekey(String table) {
        String object = "OBJECT_ID(" + literal(table) + ")";
        String quoted = table.replace("'", "''");
        String alter = "ALTER TABLE " + quoted;
        String text = lines(
                "-- A table that another program made: without a key or keyed on record_uuid alone, with"
                        + " nullable columns, or with the",
                "-- partition in the database's collation. From then on customer_filter compares case and"
                        + " accents, also for others.",
                "DECLARE @required TABLE ([name] SYSNAME NOT NULL, [characters] INT NULL, [type] NVARCHAR(20)"
                        + " NOT NULL);",
                "INSERT INTO @required ([name], [characters], [type]) VALUES",
                "${required}",
                "DECLARE @altered TABLE ([column_id] INT NOT NULL, [name] SYSNAME NOT NULL, [type]"
                        + " NVARCHAR(200) NOT NULL);",
                "INSERT INTO @altered ([column_id], [name], [type])",
                "SELECT c.column_id, c.name, w.[type] + CASE",
                "    WHEN w.[characters] IS NULL THEN N''",
                "    WHEN c.name = N'customer_filter' THEN N'(" + PARTITION_CHARACTERS + ") COLLATE "
                        + WindowTables.BINARY_COLLATION + "'",
                "    ELSE CONCAT(N'(', CASE WHEN x.[length] BETWEEN w.[characters] AND "
                        + WindowTables.MAX_INDEXED_CHARACTERS + " THEN x.[length] ELSE w.[characters] END, N')',",
                "        N' COLLATE ' + c.collation_name) END",
                "FROM sys.columns AS c",
                "INNER JOIN @required AS w ON w.[name] = c.name",
                "CROSS APPLY (SELECT CASE WHEN c.system_type_id IN (231, 239) THEN c.max_length / 2 ELSE"
                        + " c.max_length END AS [length]) AS x",
                "WHERE c.object_id = ${object}",
                "  AND (c.is_nullable = 1",
                "       OR c.name = N'record_uuid' AND c.system_type_id <> 36",
                // Any other one, binary or not, cannot be compared with the ledger's (Msg 468).
                "       OR c.name = N'customer_filter' AND c.collation_name <> N'" + WindowTables.BINARY_COLLATION
                        + "'",
                "       OR w.[characters] IS NOT NULL AND c.max_length = -1);",
                "IF EXISTS (SELECT 1 FROM @altered)",
                "   OR 2 <> (SELECT COUNT(*)",
                "            FROM sys.indexes AS i",
                "            INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id ="
                        + " i.index_id",
                "            WHERE i.object_id = ${object} AND i.is_primary_key = 1 AND k.key_ordinal > 0)",
                "BEGIN",
                "    DECLARE @problem NVARCHAR(2000), @script NVARCHAR(MAX);",
                "    SET @problem = (",
                "        SELECT STRING_AGG(CONCAT(f.[rows_there], f.[fault]), N', ')",
                "        FROM (",
                "${unfit}) AS f",
                "        WHERE f.[rows_there] > 0);",
                "    IF @problem IS NOT NULL",
                "    BEGIN",
                "        SET @problem = CONCAT(N'${plain} cannot be taken over as it is: ', @problem,",
                "            N'. Nothing was changed; mend or remove these rows, then run this again');",
                "        THROW 50003, @problem, 1;",
                "    END;",
                "    SET @problem = (",
                "        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(d.[name])), N', ')",
                "        FROM (",
                "            SELECT f.name AS [name]",
                "            FROM sys.foreign_keys AS f",
                "            WHERE f.referenced_object_id = ${object}",
                "            UNION",
                "            SELECT f.name",
                "            FROM sys.foreign_keys AS f",
                "            INNER JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id",
                "            INNER JOIN @altered AS a ON a.[column_id] = k.parent_column_id",
                "            WHERE f.parent_object_id = ${object}",
                "            UNION",
                "            SELECT i.name",
                "            FROM sys.indexes AS i",
                "            WHERE i.object_id = ${object} AND i.type > 2",
                "            UNION",
                "            SELECT COALESCE(c.name, o.name)",
                "            FROM sys.sql_expression_dependencies AS e",
                "            INNER JOIN @altered AS a ON a.[column_id] = e.referenced_minor_id",
                "            INNER JOIN sys.objects AS o ON o.object_id = e.referencing_id",
                "            LEFT JOIN sys.computed_columns AS c ON c.object_id = e.referencing_id AND"
                        + " c.column_id = e.referencing_minor_id",
                "            WHERE e.referenced_id = ${object} AND e.is_schema_bound_reference = 1",
                "              AND (c.name IS NOT NULL OR o.type IN ('V', 'FN', 'IF', 'TF'))) AS d);",
                "    IF @problem IS NOT NULL",
                "    BEGIN",
                "        SET @problem = CONCAT(N'${plain} cannot be taken over as it is: its columns are used"
                        + " by ', @problem,",
                "            N'. Nothing was changed; drop these, run this again, and make them again');",
                "        THROW 50004, @problem, 1;",
                "    END;",
                "    IF EXISTS (SELECT 1",
                "               FROM @altered AS a",
                "               INNER JOIN sys.columns AS c ON c.object_id = ${object} AND c.column_id = a.[column_id]",
                "               WHERE a.[name] = N'customer_filter'",
                "                 AND c.collation_name NOT LIKE N'%[_]BIN' AND c.collation_name NOT LIKE"
                        + " N'%[_]BIN2' AND c.collation_name NOT LIKE N'%[_]CS[_]AS%')",
                "        PRINT N'Warning: customer_filter of ${plain} compares case and accents from now on. A"
                        + " DELETE of another program that spells a partition otherwise finds no row, and its"
                        + " INSERT doubles the rows.';",
                "    DECLARE @indexes TABLE ([name] SYSNAME NOT NULL, [is_constraint] BIT NOT NULL, [is_unique]"
                        + " BIT NOT NULL, [type] INT NOT NULL,",
                "        [keys] NVARCHAR(MAX) NOT NULL, [included] NVARCHAR(MAX) NULL, [filter] NVARCHAR(MAX) NULL);",
                "    INSERT INTO @indexes ([name], [is_constraint], [is_unique], [type], [keys], [included], [filter])",
                "    SELECT i.name, i.is_unique_constraint, i.is_unique, i.type, x.[keys], y.[included],"
                        + " i.filter_definition",
                "    FROM sys.indexes AS i",
                "    CROSS APPLY (",
                "        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(c.name) + CASE WHEN"
                        + " k.is_descending_key = 1 THEN N' DESC' ELSE N'' END), N', ')",
                "            WITHIN GROUP (ORDER BY k.key_ordinal) AS [keys]",
                "        FROM sys.index_columns AS k",
                "        INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id",
                "        WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0) AS x",
                "    CROSS APPLY (",
                "        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(c.name)), N', ') AS [included]",
                "        FROM sys.index_columns AS k",
                "        INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id",
                "        WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column ="
                        + " 1) AS y",
                "    WHERE i.object_id = ${object} AND i.is_primary_key = 0 AND i.type IN (1, 2) AND"
                        + " i.is_hypothetical = 0;",
                "    IF EXISTS (SELECT 1 FROM @indexes WHERE [is_unique] = 1 AND [keys] = N'[record_uuid]')",
                "        PRINT N'Warning: what made record_uuid of ${plain} unique is not made again, since a"
                        + " record may stand in two partitions.';",
                "    DECLARE @statistics TABLE ([name] SYSNAME NOT NULL, [columns] NVARCHAR(MAX) NOT NULL,"
                        + " [filter] NVARCHAR(MAX) NULL);",
                "    INSERT INTO @statistics ([name], [columns], [filter])",
                "    SELECT s.name, x.[columns], s.filter_definition",
                "    FROM sys.stats AS s",
                "    CROSS APPLY (",
                "        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(c.name)), N', ') WITHIN GROUP"
                        + " (ORDER BY k.stats_column_id) AS [columns]",
                "        FROM sys.stats_columns AS k",
                "        INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id",
                "        WHERE k.object_id = s.object_id AND k.stats_id = s.stats_id) AS x",
                "    WHERE s.object_id = ${object} AND s.user_created = 1;",
                "    DECLARE @steps TABLE ([step] INT NOT NULL, [statement] NVARCHAR(MAX) NOT NULL);",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT CASE WHEN i.[type] = 2 THEN 1 ELSE 2 END, CASE WHEN i.[is_constraint] = 1",
                "        THEN N'${alter} DROP CONSTRAINT ' + QUOTENAME(i.[name]) + N';'",
                "        ELSE N'DROP INDEX ' + QUOTENAME(i.[name]) + N' ON ${quoted};' END",
                "    FROM @indexes AS i;",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 1, N'DROP STATISTICS ${quoted}.' + QUOTENAME(s.[name]) + N';'",
                "    FROM @statistics AS s;",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 2, N'${alter} DROP CONSTRAINT ' + QUOTENAME(p.name) + N';'",
                "    FROM sys.key_constraints AS p",
                "    WHERE p.parent_object_id = ${object} AND p.type = 'PK';",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 2, N'${alter} DROP CONSTRAINT ' + QUOTENAME(d.name) + N';'",
                "    FROM sys.default_constraints AS d",
                "    INNER JOIN @altered AS a ON a.[column_id] = d.parent_column_id",
                "    WHERE d.parent_object_id = ${object};",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 2, N'${alter} DROP CONSTRAINT ' + QUOTENAME(k.name) + N';'",
                "    FROM sys.check_constraints AS k",
                "    WHERE k.parent_object_id = ${object};",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 3, N'${alter} ALTER COLUMN ' + QUOTENAME(a.[name]) + N' ' + a.[type] + N' NOT NULL;'",
                "    FROM @altered AS a;",
                "    INSERT INTO @steps ([step], [statement]) VALUES",
                "        (4, N'${alter} ADD CONSTRAINT ${key} PRIMARY KEY CLUSTERED ([customer_filter],"
                        + " [record_uuid]);');",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 5, CASE WHEN i.[is_constraint] = 1",
                "        THEN N'${alter} ADD CONSTRAINT ' + QUOTENAME(i.[name]) + N' UNIQUE NONCLUSTERED (' +"
                        + " i.[keys] + N');'",
                "        ELSE N'CREATE ' + CASE WHEN i.[is_unique] = 1 THEN N'UNIQUE ' ELSE N'' END + N'INDEX '"
                        + " + QUOTENAME(i.[name])",
                "            + N' ON ${quoted} (' + i.[keys] + N')' + ISNULL(N' INCLUDE (' + i.[included] + N')', N'')",
                "            + ISNULL(N' WHERE ' + i.[filter], N'') + N';' END",
                "    FROM @indexes AS i",
                "    WHERE NOT (i.[is_unique] = 1 AND i.[keys] = N'[record_uuid]');",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 5, N'CREATE STATISTICS ' + QUOTENAME(s.[name]) + N' ON ${quoted} (' + s.[columns] + N')'",
                "        + ISNULL(N' WHERE ' + s.[filter], N'') + N';'",
                "    FROM @statistics AS s;",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 5, N'${alter} ADD CONSTRAINT ' + QUOTENAME(d.name) + N' DEFAULT ' + d.definition +"
                        + " N' FOR ' + QUOTENAME(a.[name]) + N';'",
                "    FROM sys.default_constraints AS d",
                "    INNER JOIN @altered AS a ON a.[column_id] = d.parent_column_id",
                "    WHERE d.parent_object_id = ${object};",
                "    INSERT INTO @steps ([step], [statement])",
                "    SELECT 5, N'${alter} WITH ' + CASE WHEN k.is_not_trusted = 1 THEN N'NOCHECK' ELSE N'CHECK' END",
                "        + N' ADD CONSTRAINT ' + QUOTENAME(k.name) + N' CHECK ' + k.definition + N';'",
                "        + CASE WHEN k.is_disabled = 1 THEN N' ${alter} NOCHECK CONSTRAINT ' +"
                        + " QUOTENAME(k.name) + N';' ELSE N'' END",
                "    FROM sys.check_constraints AS k",
                "    WHERE k.parent_object_id = ${object};",
                "    SET @script = (SELECT STRING_AGG(s.[statement], N' ') WITHIN GROUP (ORDER BY s.[step])"
                        + " FROM @steps AS s);",
                "    SET XACT_ABORT ON;",
                "    BEGIN TRANSACTION;",
                "    EXEC sys.sp_executesql @script;",
                "    COMMIT TRANSACTION;",
                "END;");
        return text.replace("${required}", required())
                .replace("${unfit}", unfit(table))
                .replace("${object}", object)
                .replace("${alter}", alter)
                .replace("${quoted}", quoted)
                .replace("${plain}", quoted)
                .replace("${key}", bracketed("PK_" + stem + "_SNAPSHOT").replace("'", "''"));
    }

    private List<String> added(String table) {
        return carried.stream()
                .map(column -> added(table, column.name(), column.type()))
                .toList();
    }

    private static String added(String table, String column, String type) {
        return lines(
                "IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(" + literal(table)
                        + ") AND name = " + literal(column) + ")",
                "ALTER TABLE " + table + " ADD " + bracketed(column) + " " + type + " NULL;");
    }

    private static String defaulted(String table, String column, String value) {
        return lines(
                "IF NOT EXISTS (SELECT 1 FROM sys.default_constraints AS d",
                "               INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id"
                        + " = d.parent_column_id",
                "               WHERE d.parent_object_id = OBJECT_ID(" + literal(table) + ") AND c.name = N'" + column
                        + "')",
                "ALTER TABLE " + table + " ADD DEFAULT " + value + " FOR " + bracketed(column) + ";");
    }

    private static String index(String table, String name, String on) {
        return index("CREATE INDEX", table, name, on);
    }

    private static String index(String create, String table, String name, String on) {
        return lines(
                "IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(" + literal(table)
                        + ") AND name = N'" + name + "')",
                create + " " + bracketed(name) + " ON " + table + " " + on + ";");
    }

    /** Rebuilds an index of layout 1 that lacks an included column. */
    private static String covering(String table, String name, String included, String on) {
        return lines(
                "IF NOT EXISTS (SELECT 1",
                "               FROM sys.indexes AS i",
                "               INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id ="
                        + " i.index_id",
                "               INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id",
                "               WHERE i.object_id = OBJECT_ID(" + literal(table) + ") AND i.name = N'" + name
                        + "' AND c.name = N'" + included + "')",
                "CREATE INDEX " + bracketed(name) + " ON " + table + " " + on + " WITH (DROP_EXISTING = ON);");
    }

    private List<Described> ownColumns(String batchId, Described... further) {
        List<Described> described = new ArrayList<>(List.of(
                new Described("record_uuid", "Stable identity of the row"),
                new Described("row_hash", "SHA-256 of the row, 64 lower-case hex digits")));
        carried.forEach(column -> described.add(new Described(column.name(), column.description())));
        described.addAll(List.of(
                new Described("snapshot_date", "Date of the snapshot, UTC"),
                new Described("customer_filter", "Partition; ALL is the whole table"),
                new Described("batch_id", batchId),
                new Described("records_count", "Rows in the snapshot"),
                new Described(
                        "parquet_archive_id",
                        "snapshot_archive.archive_id in PostgreSQL; NULL where there is none yet")));
        described.addAll(List.of(further));
        return described;
    }

    /** MS_Description of a table and its columns. */
    private String described(String suffix, String text, List<Described> columns) {
        return described(schema, stem + suffix, "TABLE", text, "COLUMN", columns);
    }

    private static String described(
            String schema, String object, String kind, String text, String partKind, List<Described> parts) {
        List<Described> all = new ArrayList<>();
        all.add(new Described("", text));
        all.addAll(parts);
        String values = all.stream()
                .map(part -> "    (" + literal(part.name()) + ", " + literal(part.text()) + ")")
                .collect(Collectors.joining(",\n"));
        String id = "OBJECT_ID(" + literal(bracketed(schema) + "." + bracketed(object)) + ")";
        return lines(
                "DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);",
                "INSERT INTO @described ([part], [text]) VALUES",
                values + ";",
                "DECLARE @part SYSNAME, @kind VARCHAR(128), @text NVARCHAR(3000);",
                "DECLARE [parts] CURSOR LOCAL FAST_FORWARD FOR SELECT NULLIF([part], N''), [text] FROM @described;",
                "OPEN [parts];",
                "FETCH NEXT FROM [parts] INTO @part, @text;",
                "WHILE @@FETCH_STATUS = 0",
                "BEGIN",
                "    SET @kind = CASE WHEN @part IS NULL THEN NULL ELSE '" + partKind + "' END;",
                "    IF EXISTS (SELECT 1 FROM sys.extended_properties",
                "               WHERE class = 1 AND name = N'MS_Description' AND major_id = " + id,
                "                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c",
                "                                        WHERE c.object_id = " + id + " AND c.name = @part), 0))",
                "        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,",
                "            @level0type = 'SCHEMA', @level0name = " + literal(schema) + ", @level1type = '" + kind
                        + "', @level1name = " + literal(object) + ", @level2type = @kind, @level2name = @part;",
                "    ELSE",
                "        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,",
                "            @level0type = 'SCHEMA', @level0name = " + literal(schema) + ", @level1type = '" + kind
                        + "', @level1name = " + literal(object) + ", @level2type = @kind, @level2name = @part;",
                "    FETCH NEXT FROM [parts] INTO @part, @text;",
                "END;",
                "CLOSE [parts];",
                "DEALLOCATE [parts];");
    }

    private static String lines(String... lines) {
        return String.join("\n", Arrays.asList(lines));
    }
}
