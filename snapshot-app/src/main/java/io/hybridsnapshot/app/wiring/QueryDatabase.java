package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.domain.source.RowSource;

/** A database that queries of datasets can run on. Connects when a source is opened. Safe to share. */
@FunctionalInterface
interface QueryDatabase {
    /**
     * The rows of a query.
     *
     * @param description the query's description, for messages
     * @param query one SELECT
     */
    RowSource rows(String description, String query);
}
