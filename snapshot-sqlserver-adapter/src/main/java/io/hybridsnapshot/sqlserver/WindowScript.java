package io.hybridsnapshot.sqlserver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The T-SQL that makes the three tables of a dataset, as batches for {@code sqlcmd} (which separates them by {@code GO}) or for one {@link
 * java.sql.Statement#execute} each. Every batch may be run again: it makes what is missing and leaves the rest alone. The scripts in {@code
 * sql/ddl/tables/orders} are this, for ORDERS_UNIFIED. Immutable.
 */
final class WindowScript {
    /**
     * A carried column.
     *
     * @param name its name
     * @param type its T-SQL type
     * @param nullability {@code NULL} or {@code NOT NULL}
     * @param description what {@code MS_Description} says of it
     */
    record Carried(String name, String type, String nullability, String description) {
        /** Carried text as the program makes its column: the first, which is indexed, as long as an index's key may be. */
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
        batches.add(defaulted(table, "snapshot_date", "SYSUTCDATETIME()"));
        batches.add(defaulted(table, "customer_filter", "N'" + WindowTables.WHOLE + "'"));
        String key = carried.isEmpty() ? "" : bracketed(carried.get(0).name());
        batches.add(index(
                table, "IX_SNAPSHOT_HASH_LOOKUP", "([row_hash])" + (key.isEmpty() ? "" : " INCLUDE (" + key + ")")));
        batches.add(index(table, "IX_SNAPSHOT_CUSTOMER_DATE", "([customer_filter], [snapshot_date])"));
        if (!key.isEmpty()) {
            batches.add(index(table, keyIndex(), "(" + key + ") INCLUDE ([row_hash])"));
        }
        batches.add(index(table, "IX_SNAPSHOT_RECORD_UUID", "([record_uuid])"));
        batches.add(described(
                "_SNAPSHOT",
                "Current snapshot of every partition of " + stem + ": a record once per partition",
                ownColumns("Id of the snapshot; NULL where a foreign writer made it")));
        return batches;
    }

    /** The index on the business key has the name that the founding document gave it. */
    private String keyIndex() {
        return "IX_SNAPSHOT_AAG_ORDER";
    }

    /** The table of previous snapshots. */
    List<String> history() {
        String table = table("_SNAPSHOT_HISTORY");
        List<String> batches = new ArrayList<>();
        batches.add(create(
                table,
                columns("    [batch_id] UNIQUEIDENTIFIER NOT NULL,"),
                "CONSTRAINT " + bracketed("PK_" + stem + "_SNAPSHOT_HISTORY")
                        + " PRIMARY KEY CLUSTERED ([customer_filter], [batch_id], [record_uuid])"));
        batches.addAll(added(table));
        batches.add(described(
                "_SNAPSHOT_HISTORY",
                "Previous snapshots of every partition of " + stem + " that the window still keeps",
                ownColumns("Id of the snapshot; given when it was retired where a foreign writer made it")));
        return batches;
    }

    /** The table for staging. */
    List<String> staging() {
        String table = table("_SNAPSHOT_STAGING");
        List<String> batches = new ArrayList<>();
        List<String> columns = new ArrayList<>(List.of(
                "    [batch_id] BINARY(16) NOT NULL,",
                "    [record_uuid] BINARY(16) NOT NULL,",
                "    [row_hash] CHAR(64) COLLATE " + WindowTables.BINARY_COLLATION + " NOT NULL,"));
        carried.forEach(column -> columns.add(carriedColumn(column)));
        // Rows of one snapshot lie together and are appended; whether an identity is there twice is told later, with
        // its rows' places in the source.
        batches.add(create(table, columns, ""));
        batches.addAll(added(table));
        batches.add(index("CREATE CLUSTERED INDEX", table, "IX_SNAPSHOT_STAGING_BATCH", "([batch_id])"));
        List<Described> described = new ArrayList<>(List.of(
                new Described(
                        "batch_id",
                        "Id of the snapshot that is being loaded, as a UNIQUEIDENTIFIER converts to BINARY"),
                new Described("record_uuid", "Stable identity of the row, as a UNIQUEIDENTIFIER converts to BINARY"),
                new Described("row_hash", "SHA-256 of the row, 64 lower-case hex digits")));
        carried.forEach(column -> described.add(new Described(column.name(), column.description())));
        batches.add(described(
                "_SNAPSHOT_STAGING",
                "Rows of snapshots of " + stem + " that are being loaded; nobody else reads it",
                described));
        return batches;
    }

    /** All batches as one script. */
    static String script(String comment, List<String> batches) {
        String header =
                comment.lines().map(line -> ("-- " + line).stripTrailing()).collect(Collectors.joining("\n"));
        List<String> all = new ArrayList<>();
        all.add(header + "\nSET ANSI_NULLS ON;\nSET QUOTED_IDENTIFIER ON;");
        all.addAll(batches);
        return String.join("\nGO\n\n", all) + "\nGO\n";
    }

    private List<String> columns(String batchId) {
        List<String> columns = new ArrayList<>(
                List.of("    [record_uuid] UNIQUEIDENTIFIER NOT NULL,", "    [row_hash] NVARCHAR(64) NOT NULL,"));
        carried.forEach(column -> columns.add(carriedColumn(column)));
        columns.addAll(List.of(
                "    [snapshot_date] DATETIME2 NOT NULL,",
                "    [customer_filter] NVARCHAR(255) COLLATE " + WindowTables.BINARY_COLLATION + " NOT NULL,",
                batchId,
                "    [records_count] INT NULL,",
                "    [parquet_archive_id] BIGINT NULL,"));
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

    /** The founding document keyed the table on record_uuid alone, and left the partition to the database's collation. */
    private String rekey(String table) {
        String object = "OBJECT_ID(" + literal(table) + ")";
        String alter = "ALTER TABLE " + table.replace("'", "''");
        return lines(
                "-- A table of the founding shape: keyed on record_uuid alone, the partition in the database's collation.",
                "IF 2 <> (SELECT COUNT(*)",
                "         FROM sys.indexes AS i",
                "         INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id",
                "         WHERE i.object_id = " + object + " AND i.is_primary_key = 1 AND k.key_ordinal > 0)",
                "   OR EXISTS (SELECT 1 FROM sys.columns AS c",
                "              WHERE c.object_id = " + object + " AND c.name = N'customer_filter'",
                "                AND UPPER(c.collation_name) NOT LIKE N'%BIN2')",
                "BEGIN",
                "    SET XACT_ABORT ON;",
                "    DECLARE @rekey NVARCHAR(MAX) = (",
                "        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), x.[statement]), N' ') WITHIN GROUP (ORDER BY x.[step])",
                "        FROM (",
                "            SELECT 1 AS [step], N'DROP INDEX ' + QUOTENAME(i.name) + N' ON " + table.replace("'", "''")
                        + ";' AS [statement]",
                "            FROM sys.indexes AS i",
                "            WHERE i.object_id = " + object
                        + " AND i.is_primary_key = 0 AND i.is_unique_constraint = 0 AND EXISTS (",
                "                SELECT 1 FROM sys.index_columns AS k",
                "                INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id",
                "                WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND c.name = N'customer_filter')",
                "            UNION ALL",
                "            SELECT 2, N'" + alter + " DROP CONSTRAINT ' + QUOTENAME(p.name) + N';'",
                "            FROM sys.key_constraints AS p",
                "            WHERE p.parent_object_id = " + object + " AND p.type = 'PK'",
                "            UNION ALL",
                "            SELECT 3, N'" + alter + " DROP CONSTRAINT ' + QUOTENAME(d.name) + N';'",
                "            FROM sys.default_constraints AS d",
                "            INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id",
                "            WHERE d.parent_object_id = " + object + " AND c.name = N'customer_filter'",
                "            UNION ALL",
                "            SELECT 4, N'" + alter + " ALTER COLUMN [customer_filter] NVARCHAR(255) COLLATE "
                        + WindowTables.BINARY_COLLATION + " NOT NULL;'",
                "            UNION ALL",
                "            SELECT 5, N'" + alter + " ADD CONSTRAINT "
                        + bracketed("PK_" + stem + "_SNAPSHOT").replace("'", "''")
                        + " PRIMARY KEY CLUSTERED ([customer_filter], [record_uuid]);') AS x);",
                "    BEGIN TRANSACTION;",
                "    EXEC sys.sp_executesql @rekey;",
                "    COMMIT TRANSACTION;",
                "END;");
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
                "               INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id",
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

    private List<Described> ownColumns(String batchId) {
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
