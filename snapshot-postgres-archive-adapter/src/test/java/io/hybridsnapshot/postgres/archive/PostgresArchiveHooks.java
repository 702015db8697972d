package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract;
import java.util.HexFormat;
import java.util.List;

/**
 * The means of the archive's contract to reach past the port, in SQL. Bytes at rest are those that a statement can
 * reach in any table of the database after the transaction. The versions that the server has marked as dead stay in its
 * files until it vacuums them.
 */
final class PostgresArchiveHooks {
    private static final List<String> FOUND = List.of("t");

    private final TestDatabase database;

    PostgresArchiveHooks(TestDatabase database) {
        this.database = database;
    }

    ArchiveStoreContract.ByteFlipper byteFlipper() {
        return (store, id, position) -> {
            int size = Integer.parseInt(
                    database.rows("SELECT COALESCE(chunk_bytes, 0) FROM snapshot_archive WHERE archive_id = " + id)
                            .get(0));
            if (size == 0) {
                flip("snapshot_archive", "parquet_data", "archive_id = " + id, position);
            } else {
                flip(
                        "snapshot_archive_chunk",
                        "data",
                        "archive_id = " + id + " AND chunk_no = " + position / size,
                        position % size);
            }
        };
    }

    ArchiveStoreContract.ByteFlipper changeSetFlipper() {
        return (store, id, position) ->
                flip("snapshot_change_set", "data", "archive_id = " + id + " AND removed_at IS NULL", position);
    }

    private void flip(String table, String column, String where, int position) {
        database.execute("UPDATE " + table + " SET " + column + " = set_byte(" + column + ", " + position
                + ", get_byte(" + column + ", " + position + ") # 1) WHERE " + where);
    }

    /** Bytes are searched as they are; texts and JSON are searched for their hex form. */
    ArchiveStoreContract.BytesAtRest bytesAtRest() {
        return (store, bytes) -> {
            String hex = HexFormat.of().formatHex(bytes);
            String searches = database.rows("SELECT string_agg(format('EXISTS (SELECT 1 FROM %I.%I WHERE '"
                            + " || CASE data_type WHEN 'bytea' THEN 'position(''\\x" + hex
                            + "''::bytea in %I) > 0)'"
                            + " ELSE 'strpos(%I::text, ''" + hex
                            + "'') > 0)' END, table_schema, table_name, column_name), ' OR ')"
                            + " FROM information_schema.columns JOIN information_schema.tables"
                            + " USING (table_catalog, table_schema, table_name)"
                            + " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog',"
                            + " 'information_schema')")
                    .get(0);
            return database.rows("SELECT " + searches).equals(FOUND);
        };
    }
}
