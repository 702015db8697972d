package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.domain.source.RowSource;

/** Runs the queries of datasets on the servers that they name. */
@FunctionalInterface
public interface QuerySource {
    /**
     * The rows of a query.
     *
     * @param description the query's description, for messages
     * @param query the SELECT, the server that runs it, and how it is read
     */
    RowSource query(String description, SourceSection.Query query);
}
