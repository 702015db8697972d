package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.domain.source.RowSource;
import java.util.Optional;

/** Runs the queries of datasets on the servers that they name. */
@FunctionalInterface
public interface QuerySource {
    /**
     * The rows of a query.
     *
     * @param server the server that runs it; empty: that of the window's database
     * @param description the query's description, for messages
     * @param query one SELECT
     */
    RowSource query(Optional<ServerSection> server, String description, String query);
}
