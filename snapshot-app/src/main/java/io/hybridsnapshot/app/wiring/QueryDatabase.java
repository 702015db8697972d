package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.RowSource;

/** A database that queries of datasets can run on. Connects when a source is opened. Safe to share. */
@FunctionalInterface
interface QueryDatabase {
    /**
     * The rows of a query.
     *
     * @param description the query's description, for messages
     * @param query one SELECT, and how it is read; its server is this one
     * @throws SnapshotException INVALID_REQUEST if the database cannot read a query so
     */
    RowSource rows(String description, SourceSection.Query query);
}
