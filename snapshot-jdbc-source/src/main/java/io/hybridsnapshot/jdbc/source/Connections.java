package io.hybridsnapshot.jdbc.source;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The place where a source gets its connections: a data source, or a driver. Safe to share. */
@FunctionalInterface
interface Connections {
    /** A connection for the caller to close; null: there is none. */
    @Nullable
    Connection open() throws SQLException;
}
