package io.hybridsnapshot.migration;

import io.hybridsnapshot.domain.schema.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** The parts of the schema, each with the scripts that make it. */
public enum SchemaPart {
    /** The archive's table and functions. */
    ARCHIVE(
            "sql/liquibase/archive.changelog.xml",
            List.of("sql/ddl/tables/kestra/snapshot_archive_postgresql.sql"),
            "snapshot_change_set"),
    /** The window's ledger on PostgreSQL. */
    WINDOW(
            "sql/liquibase/window.changelog.xml",
            List.of("sql/ddl/tables/window/snapshot_window_postgresql.sql"),
            "ux_snapshot_ledger_number"),
    /** The window's tables and procedures on SQL Server. */
    SQL_SERVER_WINDOW(
            "sql/liquibase/window-sqlserver.changelog.xml",
            List.of(
                    "sql/ddl/tables/orders/dbo_snapshot_ledger.sql",
                    "sql/ddl/tables/orders/dbo_orders_unified_snapshot.sql",
                    "sql/ddl/tables/orders/dbo_orders_unified_snapshot_history.sql",
                    "sql/ddl/tables/orders/dbo_orders_unified_snapshot_staging.sql",
                    "sql/ddl/procedures/orders/dbo_sp_cleanup_snapshot_history.sql",
                    "sql/ddl/procedures/orders/dbo_sp_snapshot_statistics.sql"),
            "SNAPSHOT_WRITER");

    private final String changelog;
    private final List<String> scripts;
    private final String newestRelation;

    SchemaPart(String changelog, List<String> scripts, String newestRelation) {
        this.changelog = changelog;
        this.scripts = scripts;
        this.newestRelation = newestRelation;
    }

    /** A table or an index that only the present scripts create. If it exists, they have run. */
    String newestRelation() {
        return newestRelation;
    }

    /** The changelog's name on the class path. */
    String changelog() {
        return changelog;
    }

    /** The scripts' names on the class path, in the order in which they run. */
    List<String> scripts() {
        return scripts;
    }

    /** Lower-case hex SHA-256 over the changelog and the scripts. */
    String checksum() {
        MessageDigest digest = Sha256.digest();
        digest.update(resource(changelog));
        scripts.forEach(script -> digest.update(resource(script)));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] resource(String name) {
        try (InputStream stream = SchemaPart.class.getClassLoader().getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the program was built without its resource " + name);
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + name + " cannot be read", e);
        }
    }
}
