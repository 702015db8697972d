package io.hybridsnapshot.app.backup;

import static io.hybridsnapshot.app.backup.Store.quotedName;

import io.hybridsnapshot.app.backup.Manifest.Column;
import io.hybridsnapshot.app.backup.Manifest.Sequence;
import io.hybridsnapshot.app.backup.Manifest.StoreContents;
import io.hybridsnapshot.app.backup.Manifest.TableRows;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a store's tables into members, within an open transaction. Rows travel in PostgreSQL's binary COPY format, and
 * the files of archives on their own, in pieces. For one thread.
 */
final class StoreReader {
    /** The end of the names of members with rows. */
    static final String ROWS = ".copy";

    /** The column with an archive's file. */
    static final String FILE = "parquet_data";

    /** Describes versions by transactions of their server, which another server does not have. */
    private static final String VERSIONS = "row_versions";

    private static final int PIECE = 1 << 22;

    private final StoreConnection store;

    StoreReader(StoreConnection store) {
        this.store = store;
    }

    /** The beginning of the names of members with files of archives. */
    static String files(Store store) {
        return store.label() + "/files/";
    }

    /** Reads the whole store. */
    StoreContents read(Members members) throws IOException {
        return read(members, List.of());
    }

    /**
     * Reads the whole store in the form of an earlier reading. A table with the same columns in another order is read
     * in the earlier order, so that the same rows make the same member.
     */
    StoreContents read(Members members, List<TableRows> earlier) throws IOException {
        List<String> datasets = store.datasets();
        requireLayout(datasets);
        List<TableRows> tables = new ArrayList<>();
        List<Sequence> sequences = new ArrayList<>();
        for (String table : store.existing(datasets)) {
            List<Column> columns = columns(table, earlier);
            String member = store.store().label() + "/" + table + ROWS;
            long rows;
            try (OutputStream out = members.open(member)) {
                rows = store.run(() -> store.session().copyOut(query(table, columns), out));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            tables.add(new TableRows(table, member, rows, columns));
            if (table.equals(StoreConnection.ARCHIVES)) {
                readFiles(members);
            }
            sequences.addAll(sequences(table));
        }
        return new StoreContents(
                store.store(), store.store() == Store.ARCHIVE ? archived() : datasets, tables, sequences);
    }

    private List<Column> columns(String table, List<TableRows> earlier) {
        List<Column> here = store.columns(table);
        return earlier.stream()
                .filter(each -> each.table().equals(table))
                .map(TableRows::columns)
                .filter(columns -> columns.size() == here.size()
                        && columns.stream().allMatch(column -> here.stream().anyMatch(column::isLike)))
                .findFirst()
                .orElse(here);
    }

    /** Files of archives may be as large as a value can be, so no row is read with its file. */
    private void readFiles(Members members) throws IOException {
        for (String archive :
                store.texts("SELECT archive_id FROM " + store.store().quoted(StoreConnection.ARCHIVES)
                        + " WHERE octet_length(" + FILE + ") > 0 ORDER BY archive_id")) {
            try (OutputStream out = members.open(files(store.store()) + archive)) {
                readFile(Long.parseLong(archive), out);
            }
        }
    }

    private void readFile(long archive, OutputStream out) throws IOException {
        for (int from = 1; ; from += PIECE) {
            int first = from;
            byte[] piece = store.run(() -> {
                try (PreparedStatement statement = store.session()
                        .connection()
                        .prepareStatement("SELECT substring(" + FILE + " FROM ? FOR ?) FROM "
                                + store.store().quoted(StoreConnection.ARCHIVES) + " WHERE archive_id = ?")) {
                    statement.setInt(1, first);
                    statement.setInt(2, PIECE);
                    statement.setLong(3, archive);
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next() ? row.getBytes(1) : new byte[0];
                    }
                }
            });
            out.write(piece);
            if (piece.length < PIECE) {
                return;
            }
        }
    }

    private String query(String table, List<Column> columns) {
        List<String> selected = new ArrayList<>();
        for (Column column : columns) {
            boolean isFile =
                    table.equals(StoreConnection.ARCHIVES) && column.name().equals(FILE);
            boolean isVersions =
                    table.equals(StoreConnection.LEDGER) && column.name().equals(VERSIONS);
            selected.add(isFile ? "''::bytea" : isVersions ? "NULL::text" : quotedName(column.name()));
        }
        return "SELECT " + String.join(", ", selected) + " FROM "
                + store.store().quoted(table) + " ORDER BY " + order(table, columns);
    }

    /** The order by the primary key, or else by all columns: the same rows always make the same member. */
    private String order(String table, List<Column> columns) {
        List<String> key = store.texts("SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                + " AND a.attnum = ANY (i.indkey::int2[]) WHERE i.indisprimary AND i.indrelid = "
                + store.regclass(table)
                + " ORDER BY a.attnum");
        return String.join(
                ", ",
                columns.stream()
                        .filter(column -> key.isEmpty() || key.contains(column.name()))
                        .map(StoreReader::sorted)
                        .toList());
    }

    private static String sorted(Column column) {
        boolean isText = column.type().equals("text") || column.type().startsWith("character");
        return quotedName(column.name()) + (isText ? " COLLATE \"C\"" : "");
    }

    private List<Sequence> sequences(String table) {
        List<Sequence> sequences = new ArrayList<>();
        for (Column column : store.columns(table)) {
            store.sequence(table, column.name())
                    .ifPresent(name -> sequences.add(
                            new Sequence(table, column.name(), store.number(lastNumber(table, column.name(), name)))));
        }
        return sequences;
    }

    /** Writers of the archive need no right on the sequence of its tombstones. */
    private String lastNumber(String table, String column, String sequence) {
        return "SELECT CASE WHEN has_sequence_privilege(" + StoreConnection.literal(sequence) + ", 'USAGE, SELECT')"
                + " THEN coalesce(pg_sequence_last_value(" + StoreConnection.literal(sequence) + "::regclass), 0)"
                + " ELSE (SELECT coalesce(max(" + quotedName(column) + "), 0) FROM "
                + store.store().quoted(table) + ") END";
    }

    private List<String> archived() {
        return store.texts(
                "SELECT DISTINCT source_table FROM " + store.store().quoted(StoreConnection.ARCHIVES) + " ORDER BY 1");
    }

    private void requireLayout(List<String> datasets) {
        for (String dataset : datasets) {
            List<String> own = PostgresWindowSchema.tablesOf(dataset);
            String whole = own.get(own.size() - 1);
            if (store.exists(whole)
                    && store.number("SELECT count(*) FROM " + store.store().quoted(whole)) > 0) {
                throw SnapshotException.invalidRequest("the window has previous snapshots of an earlier layout")
                        .where("table '" + whole + "'")
                        .expected("none: they leave the window with the next saves")
                        .nextStep("save the dataset's partitions until 'snapshot list " + dataset
                                + "' shows newer snapshots alone")
                        .build();
            }
        }
    }
}
