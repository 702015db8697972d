package io.hybridsnapshot.postgres.archive;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.time.Duration;
import java.util.function.Function;

/** The archive's sessions and transactions. Each session has a connection of its own. Safe to share between threads. */
final class ArchiveSessions {
    private static final String PURPOSE = "archive";

    private final PostgresArchiveSettings settings;
    private final Duration patience;

    /**
     * @param patience the longest wait for a lock of another session, in whole milliseconds
     */
    ArchiveSessions(PostgresArchiveSettings settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
    }

    /**
     * A transaction like {@link #changing} on existing archives. No save is involved, so recovery does not handle it.
     */
    <T> T changingArchives(PostgresSession session, String task, SqlWork<T> work) {
        try {
            return changing(session, task, work);
        } catch (SnapshotException e) {
            if (e.kind() != SnapshotException.Kind.OUTCOME_UNKNOWN) {
                throw e;
            }
            throw SnapshotException.outcomeUnknown(e.problem())
                    .where(e.where().orElseThrow())
                    .actual(e.actual().orElseThrow())
                    .nextStep(
                            "the change was either fully applied or not applied: {0} and {1} show"
                                    + " which; if it was not applied, {2}",
                            CommonRemedy.LIST, CommonRemedy.LIST_REMOVED, CommonRemedy.REPEAT)
                    .cause(e)
                    .build();
        }
    }

    /** A transaction that gives up if another session's lock outlasts the patience. */
    <T> T changing(PostgresSession session, String task, SqlWork<T> work) {
        return session.inTransaction(Isolation.READ_COMMITTED, task, () -> {
            session.dsl()
                    .select(field(
                            "set_config({0}, {1}, true)",
                            String.class, inline("lock_timeout"), val(patience.toMillis() + "ms")))
                    .fetch();
            return work.run();
        });
    }

    <T> T reading(String task, Function<PostgresSession, T> read) {
        try (PostgresSession session = open()) {
            return session.run(task, () -> read.apply(session));
        }
    }

    PostgresSession open() {
        return PostgresSession.open(settings.connection(), PURPOSE);
    }
}
