package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REMOVED_AT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REMOVED_BY;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_CHANGED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_DELETED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_NEW;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SHA256;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SNAPSHOT_DATE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SOURCE_TABLE;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.BASE_ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.CHANGE_SET;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.CHANGE_SET_NO;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.DATA;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.DATA_SIZE;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.DESCRIPTION;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.FILTER;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.FILTER_SHA256;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.KEPT;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.REMOVED_FOR;
import static io.hybridsnapshot.postgres.archive.ChangeSetTable.ROWS_TOUCHED;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.castNull;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.archive.ArchiveConflicts;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.TransferListener;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.io.IOException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.impl.SQLDataType;

/**
 * The change sets of an archive in PostgreSQL, in the table {@code snapshot_change_set}. Triggers give each record its
 * place in the chain, and remove the change sets of an archive that is removed or redacted. Safe to share between
 * threads.
 */
final class PostgresChangeSets implements ChangeSetStore {
    private static final String UNIQUE_VIOLATION = "23505";

    /** The server needs four times a value's size in memory. */
    private static final long LARGEST = 512L << 20;

    private static final Field<Integer> NO_LIMIT = inline((Integer) null, SQLDataType.INTEGER);

    private final ArchiveSessions sessions;
    private final FetchListener listener;

    PostgresChangeSets(ArchiveSessions sessions, FetchListener listener) {
        this.sessions = sessions;
        this.listener = listener;
    }

    /**
     * Returns the change set of a submission unless its base is not there, and locks the base until the transaction
     * ends. Called before the archive joins the chain, because a removal and a redaction lock in this order as well.
     */
    static Optional<ChangeSetSubmission> withBase(PostgresSession session, ArchiveSubmission submission) {
        return submission
                .changeSet()
                .filter(changes -> changes.file().size() <= LARGEST)
                .filter(changes -> lockBase(
                                session,
                                changes.base(),
                                submission.dataset(),
                                submission.partition().name())
                        .filter(changes::isOf)
                        .isPresent());
    }

    /** Locks a base against removal and redaction. Returns its record; empty if it is not there. */
    private static Optional<ArchivedSnapshot> lockBase(
            PostgresSession session, ArchiveId base, String dataset, String partition) {
        return session.dsl()
                .select(ArchiveTable.DESCRIPTION)
                .from(ARCHIVE)
                .where(ARCHIVE_ID.eq(base.value()), SOURCE_TABLE.eq(dataset), CUSTOMER_FILTER.eq(partition))
                .forKeyShare()
                .fetchOptional()
                .map(ArchiveTable::snapshot);
    }

    /** Inserts a change set in the open transaction. Triggers set the values that follow from its archives. */
    static ChangeSet insert(PostgresSession session, ArchivedSnapshot later, ChangeSetSubmission changes) {
        byte[] filter = changes.filter().bytes();
        try (FileContent content = FileContent.open(changes.file(), TransferListener.NONE)) {
            ChangeSet inserted = session.dsl()
                    .insertInto(CHANGE_SET)
                    .set(ARCHIVE_ID, later.id().value())
                    .set(BASE_ARCHIVE_ID, changes.base().value())
                    .set(ROWS_NEW, changes.counts().added())
                    .set(ROWS_CHANGED, changes.counts().changed())
                    .set(ROWS_TOUCHED, changes.counts().touched())
                    .set(ROWS_DELETED, changes.counts().deleted())
                    .set(
                            DATA,
                            val(
                                    new byte[0],
                                    SQLDataType.BLOB.asConvertedDataType(new StreamBinding(
                                            content, changes.file().size()))))
                    .set(DATA_SIZE, changes.file().size())
                    .set(SHA256, changes.file().sha256())
                    .set(FILTER, filter)
                    .set(FILTER_SHA256, HexFormat.of().formatHex(Sha256.of(filter)))
                    .returning(DESCRIPTION)
                    .fetchSingle(ChangeSetTable::changeSet);
            content.requireDigests();
            return inserted;
        } catch (IOException e) {
            throw FileContent.unreadable(changes.file(), e);
        }
    }

    @Override
    public ChangeSet add(ArchiveId archive, ChangeSetSubmission submission) {
        if (submission.file().size() > LARGEST) {
            throw SnapshotException.invalidRequest("the change set is too large for the archive")
                    .where("archive " + archive)
                    .actual(submission.file().size() + " bytes")
                    .expected("at most " + LARGEST)
                    .nextStep("compare the files of the two archives")
                    .build();
        }
        try (PostgresSession session = sessions.open()) {
            session.database().requireRoom();
            try {
                return sessions.changingArchives(
                        session,
                        "adding the change set of archive " + archive,
                        () -> add(session, archive, submission));
            } catch (SnapshotException e) {
                if (!PostgresSession.sqlState(e).equals(Optional.of(UNIQUE_VIOLATION))) {
                    throw e;
                }
                // Another session was faster.
                return session.run("looking for a change set", () -> find(session, archive))
                        .map(winner -> ArchiveConflicts.requireSameBase(submission, winner))
                        .orElseThrow(() -> e);
            }
        }
    }

    private static ChangeSet add(PostgresSession session, ArchiveId archive, ChangeSetSubmission submission) {
        ArchivedSnapshot later = session.dsl()
                .select(ArchiveTable.DESCRIPTION)
                .from(ARCHIVE)
                .where(ARCHIVE_ID.eq(archive.value()))
                .forKeyShare()
                .fetchOptional()
                .map(ArchiveTable::snapshot)
                .orElseThrow(() -> ArchiveConflicts.missing(archive));
        Optional<ChangeSet> there = find(session, archive);
        if (there.isPresent()) {
            return ArchiveConflicts.requireSameBase(submission, there.get());
        }
        ArchivedSnapshot base = lockBase(
                        session,
                        submission.base(),
                        later.dataset(),
                        later.partition().name())
                .filter(found -> !found.id().equals(archive))
                .orElseThrow(() -> ArchiveConflicts.missingBase(later, submission.base()));
        ArchiveConflicts.requireCompared(submission, later);
        ArchiveConflicts.requireCompared(submission, base);
        return insert(session, later, submission);
    }

    @Override
    public Optional<ChangeSet> find(ArchiveId archive) {
        return sessions.reading("looking for a change set", session -> find(session, archive));
    }

    private static Optional<ChangeSet> find(PostgresSession session, ArchiveId archive) {
        return session.dsl()
                .select(DESCRIPTION)
                .from(CHANGE_SET)
                .where(ARCHIVE_ID.eq(archive.value()), KEPT)
                .fetchOptional()
                .map(ChangeSetTable::changeSet);
    }

    @Override
    public List<ChangeSet> list(ArchiveQuery query) {
        return list("listing change sets", query, noCondition());
    }

    @Override
    public List<ChangeSet> mayHold(ArchiveQuery query, Collection<FilterEntry> entries) {
        if (entries.isEmpty()) {
            return List.of();
        }
        return list(
                "searching the filters of change sets",
                query,
                condition("snapshot_change_set_may_hold({0}, {1})", FILTER, val(probes(entries))));
    }

    /** The probes of all entries, one entry after the other. */
    private static Long[] probes(Collection<FilterEntry> entries) {
        Long[] probes = new Long[entries.size() * RowFilter.PROBES];
        int next = 0;
        for (FilterEntry entry : entries) {
            for (int probe = 0; probe < RowFilter.PROBES; probe++) {
                probes[next++] = entry.probe(probe);
            }
        }
        return probes;
    }

    private List<ChangeSet> list(String task, ArchiveQuery query, Condition further) {
        Field<Integer> limit = query.limit().isPresent() ? val(query.limit().getAsInt()) : NO_LIMIT;
        return sessions.reading(
                task,
                session -> session.dsl()
                        .select(DESCRIPTION)
                        .from(CHANGE_SET)
                        .where(ArchiveTable.dated(query), KEPT, further)
                        .orderBy(SNAPSHOT_DATE.desc(), ARCHIVE_ID.desc())
                        .limit(limit)
                        .fetch(ChangeSetTable::changeSet));
    }

    @Override
    public List<ChangeSet> records(ArchiveQuery query) {
        return sessions.reading(
                "listing the records of change sets",
                session -> session.dsl()
                        .select(DESCRIPTION)
                        .from(CHANGE_SET)
                        .where(ArchiveTable.inPartition(query))
                        .orderBy(CHANGE_SET_NO)
                        .fetch(ChangeSetTable::changeSet));
    }

    @Override
    public SeekableBytes open(ArchiveId archive) {
        PostgresSession session = sessions.open();
        try {
            Field<Long> size = field("octet_length({0})::bigint", Long.class, DATA);
            Record2<Long, Long> row = session.run(
                    "opening the change set of archive " + archive,
                    () -> session.dsl()
                            .select(CHANGE_SET_NO, size)
                            .from(CHANGE_SET)
                            .where(ARCHIVE_ID.eq(archive.value()), KEPT)
                            .fetchOne());
            if (row == null) {
                throw ArchiveConflicts.noChangeSet(archive);
            }
            return new ArchiveBytes(
                    session, archive, StoredFile.ofChangeSet(archive, row.value1()), row.value2(), 0, listener);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId archive) {
        Field<String> kind = field(name("kind"), String.class);
        Field<String> detail = field(name("detail"), String.class);
        Record2<String, String> found = sessions.reading(
                "computing the digests of the change set of archive " + archive,
                session -> session.dsl()
                        .select(kind, detail)
                        .from("snapshot_change_set_damage({0})", val(archive.value()))
                        .fetchOne());
        if (found == null) {
            throw ArchiveConflicts.noChangeSet(archive);
        }
        return Optional.ofNullable(found.value1()).map(each -> new Damage(Damage.Kind.valueOf(each), found.value2()));
    }

    @Override
    public List<ChangeSet> remove(Collection<ArchiveId> archives, String reason) {
        Long[] numbers = archives.stream().map(ArchiveId::value).distinct().toArray(Long[]::new);
        if (numbers.length == 0) {
            return List.of();
        }
        try (PostgresSession session = sessions.open()) {
            return sessions.changingArchives(
                    session,
                    "removing change sets",
                    () -> session.dsl()
                            .update(CHANGE_SET)
                            .set(DATA, castNull(SQLDataType.BLOB))
                            .set(FILTER, castNull(SQLDataType.BLOB))
                            .set(REMOVED_AT, field("clock_timestamp() at time zone 'UTC'", UtcTimestamps.TYPE))
                            .set(REMOVED_BY, field("session_user", String.class))
                            .set(REMOVED_FOR, reason)
                            .where(ARCHIVE_ID.eq(any(numbers)), KEPT)
                            .returning(DESCRIPTION)
                            .fetch(ChangeSetTable::changeSet));
        }
    }
}
