package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.postgres.archive.PostgresArchiveSchema;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The two stores, in the order of a backup. */
enum Store {
    /** The archive, in the first schema of the search path. */
    ARCHIVE(PostgresArchiveSchema.tables(), Optional.empty()),
    /** The window, in its schema. */
    WINDOW(PostgresWindowSchema.tables(), Optional.of(PostgresWindowSettings.DEFAULT_SCHEMA));

    private final List<String> tables;
    private final Optional<String> schema;

    Store(List<String> tables, Optional<String> schema) {
        this.tables = tables;
        this.schema = schema;
    }

    /** The tables that the store always has, in an order in which their rows can be inserted. */
    List<String> tables() {
        return tables;
    }

    /** The name in files and messages. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A table's name as SQL has it. */
    String quoted(String table) {
        return schema.map(name -> quotedName(name) + ".").orElse("") + quotedName(table);
    }

    static String quotedName(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
