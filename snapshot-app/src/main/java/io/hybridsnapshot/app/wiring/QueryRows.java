package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.ParallelSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.source.PostgresRowSource;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.sqlserver.source.KeyRanges;
import io.hybridsnapshot.sqlserver.source.SqlServerRowSource;

/** Makes the sources of queries, read in one piece or in ranges of a key. Stateless. */
final class QueryRows {
    private QueryRows() {}

    static RowSource sqlServer(SqlServerSettings database, String description, SourceSection.Query query) {
        SqlServerRowSource rows = new SqlServerRowSource(database, description, query.sql());
        return query.parallel()
                .map(parallel -> rows.split(new KeyRanges(
                        parallel.column(), parallel.ranges(), parallel.connections(), moments(parallel.moments()))))
                .orElse(rows);
    }

    private static KeyRanges.Moments moments(ParallelSection.Moments moments) {
        return switch (moments) {
            case ONE -> KeyRanges.Moments.ONE;
            case EACH -> KeyRanges.Moments.ONE_EACH;
        };
    }

    static RowSource postgres(PostgresSettings database, String description, SourceSection.Query query) {
        PostgresRowSource rows = new PostgresRowSource(database, description, query.sql());
        // Connections to PostgreSQL share one moment, which fulfils both demands on the moments.
        return query.parallel()
                .map(parallel -> rows.split(new io.hybridsnapshot.postgres.source.KeyRanges(
                        parallel.column(), parallel.ranges(), parallel.connections())))
                .orElse(rows);
    }
}
