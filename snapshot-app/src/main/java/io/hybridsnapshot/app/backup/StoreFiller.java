package io.hybridsnapshot.app.backup;

import static io.hybridsnapshot.app.backup.Store.quotedName;

import io.hybridsnapshot.app.backup.Manifest.Column;
import io.hybridsnapshot.app.backup.Manifest.Sequence;
import io.hybridsnapshot.app.backup.Manifest.StoreContents;
import io.hybridsnapshot.app.backup.Manifest.TableRows;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Optional;

/**
 * Fills an empty store from a backup, within an open transaction. The triggers of users are switched off meanwhile, so
 * rows keep their places in the chain. For one thread.
 */
final class StoreFiller {
    private final StoreConnection store;

    StoreFiller(StoreConnection store) {
        this.store = store;
    }

    /**
     * Fills the empty store from a backup, within the transaction that {@link StoreConnection#beginWriting} began.
     *
     * @throws SnapshotException INVALID_REQUEST if a column has another type here, or a table has rows
     */
    void fill(StoreContents contents, BackupFile backup) throws IOException {
        if (store.store() == Store.WINDOW) {
            makeTables(contents);
        }
        for (TableRows table : contents.tables()) {
            requireTable(contents, table, backup);
        }
        for (TableRows table : contents.tables()) {
            store.execute("ALTER TABLE " + store.store().quoted(table.table()) + " DISABLE TRIGGER USER");
        }
        for (TableRows table : contents.tables()) {
            fill(table, backup);
            if (table.table().equals(StoreConnection.ARCHIVES)) {
                fillFiles(backup);
            }
        }
        for (TableRows table : contents.tables()) {
            store.execute("ALTER TABLE " + store.store().quoted(table.table()) + " ENABLE TRIGGER USER");
        }
        for (Sequence each : contents.sequences()) {
            store.sequence(each.table(), each.column())
                    .filter(name -> each.value() > 0)
                    .ifPresent(name -> store.number("SELECT setval(" + StoreConnection.literal(name) + ", greatest("
                            + each.value() + ", (SELECT last_value FROM " + name + ")))"));
        }
    }

    private void makeTables(StoreContents contents) {
        List<String> own = List.of(
                "record_uuid",
                "row_hash",
                "snapshot_date",
                "customer_filter",
                "batch_id",
                "records_count",
                "parquet_archive_id",
                "first_number");
        for (String dataset : contents.datasets()) {
            String current = PostgresWindowSchema.tablesOf(dataset).get(0);
            List<String> carried = contents.tables().stream()
                    .filter(table -> table.table().equals(current))
                    .flatMap(table -> table.columns().stream())
                    .filter(column -> column.type().equals("text"))
                    .map(Column::name)
                    .filter(name -> !own.contains(name))
                    .toList();
            store.run(() -> {
                PostgresWindowSchema.make(store.session(), PostgresWindowSettings.DEFAULT_SCHEMA, dataset, carried);
                return null;
            });
        }
        // The claims of the tables come with the rows.
        store.execute("DELETE FROM " + store.store().quoted("snapshot_writer"));
    }

    /** Checks that a table can take its rows, and adds the columns that other programs added to it. */
    private void requireTable(StoreContents contents, TableRows table, BackupFile backup) {
        boolean isKnown = store.store().tables().contains(table.table())
                || contents.datasets().stream()
                        .anyMatch(name -> PostgresWindowSchema.tablesOf(name).contains(table.table()));
        if (!isKnown || !store.exists(table.table())) {
            throw SnapshotException.invalidRequest("the backup has a table that this release does not know")
                    .where(backup.named().toString())
                    .actual("'" + table.table() + "'")
                    .expected("the tables of the " + store.store().label())
                    .nextStep("restore it with the release of the program that wrote it, or a later one")
                    .build();
        }
        if (store.number("SELECT count(*) FROM (SELECT 1 FROM " + store.store().quoted(table.table()) + " LIMIT 1) t")
                > 0) {
            throw store.notEmpty(List.of(table.table()));
        }
        List<Column> here = store.columns(table.table());
        for (Column column : table.columns()) {
            Optional<Column> same = here.stream()
                    .filter(each -> each.name().equals(column.name()))
                    .findFirst();
            if (same.isEmpty()) {
                addColumn(table.table(), column);
            } else if (!same.get().type().equals(column.type())) {
                throw SnapshotException.invalidRequest("a column has another type than in the backup")
                        .where(store.session().database().address() + ", table '" + table.table() + "', column '"
                                + column.name() + "'")
                        .actual(same.get().type())
                        .expected(column.type())
                        .nextStep("restore into a database in which the program makes the tables itself")
                        .build();
            }
        }
    }

    private void addColumn(String table, Column column) {
        // The name of the type comes from a file, so only the server's own spelling of it becomes part of a statement.
        String known = "to_regtype(" + StoreConnection.literal(column.type()) + ")";
        String type = store
                .texts("SELECT format_type(" + known + ", " + column.modifier() + ") WHERE " + known + " IS NOT NULL")
                .stream()
                .findFirst()
                .orElseThrow(
                        () -> SnapshotException.invalidRequest("a column has a type that this server does not know")
                                .where("table '" + table + "', column '" + column.name() + "'")
                                .actual(column.type())
                                .nextStep("create the type in the database first")
                                .build());
        store.execute(
                "ALTER TABLE " + store.store().quoted(table) + " ADD COLUMN " + quotedName(column.name()) + " " + type);
    }

    private void fill(TableRows table, BackupFile backup) throws IOException {
        String target = store.store().quoted(table.table()) + " ("
                + String.join(
                        ", ",
                        table.columns().stream()
                                .map(column -> quotedName(column.name()))
                                .toList())
                + ")";
        try (InputStream rows = backup.open(table.member())) {
            store.run(() -> store.session().copyIn(target, rows));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void fillFiles(BackupFile backup) throws IOException {
        String prefix = StoreReader.files(store.store());
        for (Manifest.Member member : backup.manifest().members()) {
            if (!member.name().startsWith(prefix)) {
                continue;
            }
            try (InputStream file = backup.open(member.name())) {
                store.run(() -> {
                    try (PreparedStatement statement = store.session()
                            .connection()
                            .prepareStatement("UPDATE " + store.store().quoted(StoreConnection.ARCHIVES) + " SET "
                                    + StoreReader.FILE + " = ? WHERE archive_id = ?::bigint")) {
                        statement.setBinaryStream(1, file, member.bytes());
                        statement.setString(2, member.name().substring(prefix.length()));
                        return statement.executeUpdate();
                    }
                });
            }
        }
    }
}
