package io.hybridsnapshot.sqlserver.connection;

import java.util.Objects;
import javax.sql.DataSource;

/**
 * A database of SQL Server from which the adapters take their connections: one that they open themselves
 * ({@link SqlServerSettings}), or a program's own {@link DataSource}. Immutable and safe to share.
 */
public sealed interface SqlServerDatabase permits SqlServerSettings, SqlServerDataSource {
    /**
     * A database behind a program's own data source, usually a pool. Its connections MUST be those of Microsoft's
     * driver, or unwrap to them, without the driver's own retries ({@code connectRetryCount=0}). A connection is
     * borrowed for one operation, set up for it, and put back as it was. The caller closes the data source.
     */
    static SqlServerDatabase of(DataSource source) {
        return new SqlServerDataSource(Objects.requireNonNull(source, "source"));
    }

    /** The database, for messages; without secrets. */
    String address();
}
