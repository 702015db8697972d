package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.when;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.jdbc.connection.ReadDeltaCursor;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.UUID;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Record4;
import org.jooq.Select;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/** The delta as one full outer join in the database, within the session's transaction. One thread. */
final class JoinDelta implements SnapshotDelta {
    private static final int FETCH_ROWS = 5_000;

    private static final Field<UUID> LATER_ID = field(name("later", RECORD_UUID.getName()), UUID.class);
    private static final Field<String> LATER_HASH = field(name("later", ROW_HASH.getName()), String.class);
    private static final Field<UUID> EARLIER_ID = field(name("earlier", RECORD_UUID.getName()), UUID.class);
    private static final Field<String> EARLIER_HASH = field(name("earlier", ROW_HASH.getName()), String.class);

    private final PostgresSession session;
    private final Runnable inTransaction;
    private final Table<Record> join;
    private @Nullable DeltaSummary summary;

    /**
     * @param inTransaction opens the transaction for the queries, if it is not open
     * @param later identities and hashes of the later snapshot
     * @param earlier identities and hashes of the earlier snapshot
     */
    JoinDelta(
            PostgresSession session,
            Runnable inTransaction,
            Select<Record2<UUID, String>> later,
            Select<Record2<UUID, String>> earlier) {
        this.session = session;
        this.inTransaction = inTransaction;
        this.join =
                later.asTable("later").fullOuterJoin(earlier.asTable("earlier")).on(LATER_ID.eq(EARLIER_ID));
    }

    @Override
    public DeltaSummary summary() {
        if (summary == null) {
            inTransaction.run();
            Record4<Integer, Integer, Integer, Integer> counts = session.run("comparing with the window", () -> {
                return session.dsl()
                        .select(
                                count().filterWhere(EARLIER_ID.isNull()),
                                count().filterWhere(LATER_HASH.ne(EARLIER_HASH)),
                                count().filterWhere(LATER_HASH.eq(EARLIER_HASH)),
                                count().filterWhere(LATER_ID.isNull()))
                        .from(join)
                        .fetchSingle();
            });
            summary = new DeltaSummary(counts.value1(), counts.value2(), counts.value3(), counts.value4());
        }
        return summary;
    }

    @Override
    public DeltaCursor openChanges() {
        inTransaction.run();
        Field<UUID> identity = coalesce(LATER_ID, EARLIER_ID).as("identity");
        Field<Integer> kind = when(EARLIER_ID.isNull(), inline(ChangeKind.NEW.ordinal()))
                .when(LATER_ID.isNull(), inline(ChangeKind.DELETED.ordinal()))
                .otherwise(inline(ChangeKind.CHANGED.ordinal()))
                .as("kind");
        return session.run(
                "reading the changes",
                () -> new ReadDeltaCursor(
                        session,
                        session.dsl()
                                .select(identity, kind)
                                .from(join)
                                .where(LATER_HASH.isDistinctFrom(EARLIER_HASH))
                                .orderBy(identity)
                                .fetchSize(FETCH_ROWS)
                                .fetchLazy()
                                .resultSet(),
                        row -> row.getObject(1, UUID.class)));
    }
}
