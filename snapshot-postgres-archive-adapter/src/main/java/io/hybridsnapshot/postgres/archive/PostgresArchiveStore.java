package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.BATCH_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_BYTES;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_COUNT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.COMPRESSION_RATIO;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CREATED_AT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CREATED_BY;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.DESCRIPTION;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.FILE_CHECKSUM;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.FINGERPRINT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HASH_SPEC_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HOLD_REASON;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ORIGINAL_COLUMNS;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_SIZE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.RETENTION_UNTIL;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SCHEMA_HASH;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SHA256;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SNAPSHOT_DATE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SOURCE_DATABASE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SOURCE_TABLE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.TAGS;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.UNCOMPRESSED_SIZE;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.currentUser;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.UtcTimestamps;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.InsertSetMoreStep;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Record3;
import org.jooq.impl.SQLDataType;

/**
 * The archive in PostgreSQL: the table {@code snapshot_archive} that existing readers know, and {@code snapshot_archive_chunk} for
 * files beyond the inline limit. Each call opens a connection of its own; what is stored is durable when {@link #store} returns, as far as
 * the server syncs its log. Safe to share between threads.
 */
public final class PostgresArchiveStore implements ArchiveStore {
    private static final String PURPOSE = "archive";
    private static final String UNIQUE_VIOLATION = "23505";

    /** DECIMAL(5,2) ends here. */
    private static final BigDecimal RATIO_LIMIT = BigDecimal.valueOf(1_000);

    private final PostgresArchiveSettings settings;
    private final FetchListener listener;

    /** An archive in a database with the tables of {@code sql/ddl/tables/kestra}. Connects when it is used. */
    public PostgresArchiveStore(PostgresArchiveSettings settings) {
        this(settings, FetchListener.NONE);
    }

    /** The same, telling someone of the bytes that are fetched. */
    public PostgresArchiveStore(PostgresArchiveSettings settings, FetchListener listener) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        try (PostgresSession session = open()) {
            Optional<ArchivedSnapshot> earlier = session.run("looking for an archive of the batch", () -> {
                return findBatch(session, submission.snapshotId());
            });
            if (earlier.isPresent()) {
                return requireSame(submission, earlier.get());
            }
            try {
                return session.inTransaction(
                        Isolation.READ_COMMITTED, "storing an archive", () -> insert(session, submission));
            } catch (SnapshotException e) {
                if (!PostgresSession.sqlState(e).equals(Optional.of(UNIQUE_VIOLATION))) {
                    throw e;
                }
                return session.run("looking for an archive of the batch", () -> {
                            return findBatch(session, submission.snapshotId());
                        })
                        .map(winner -> requireSame(submission, winner))
                        .orElseThrow(() -> dateTaken(submission, e));
            }
        }
    }

    private ArchivedSnapshot insert(PostgresSession session, ArchiveSubmission submission) throws SQLException {
        long size = submission.file().size();
        boolean inline = size <= settings.inlineLimit();
        try (FileContent content = FileContent.open(submission.file())) {
            InsertSetMoreStep<Record> insert = session.dsl()
                    .insertInto(ARCHIVE)
                    .set(SNAPSHOT_DATE, submission.date())
                    .set(CUSTOMER_FILTER, submission.partition().name())
                    .set(BATCH_ID, submission.snapshotId().value())
                    .set(RECORDS_COUNT, submission.file().rowCount())
                    .set(SOURCE_DATABASE, submission.sourceDatabase())
                    .set(SOURCE_TABLE, submission.dataset())
                    .set(PARQUET_SIZE, size)
                    .set(COMPRESSION_RATIO, ratio(submission))
                    .set(ORIGINAL_COLUMNS, submission.columnCount())
                    .set(SCHEMA_HASH, submission.schemaHash())
                    .set(FILE_CHECKSUM, submission.file().md5())
                    .set(CREATED_AT, field("clock_timestamp() at time zone 'UTC'", UtcTimestamps.TYPE))
                    .set(CREATED_BY, currentUser())
                    .set(RETENTION_UNTIL, submission.retentionUntil().orElse(null))
                    .set(TAGS, tags(submission))
                    .set(SHA256, submission.file().sha256())
                    .set(UNCOMPRESSED_SIZE, submission.file().uncompressedSize())
                    .set(HASH_SPEC_ID, submission.hashSpecId())
                    .set(FINGERPRINT, submission.fingerprint().hex());
            if (inline) {
                insert.set(
                        PARQUET_DATA,
                        val(new byte[0], SQLDataType.BLOB.asConvertedDataType(new StreamBinding(content, size))));
            } else {
                int chunks = Math.toIntExact((size + settings.chunkBytes() - 1) / settings.chunkBytes());
                insert.set(PARQUET_DATA, new byte[0])
                        .set(CHUNK_BYTES, settings.chunkBytes())
                        .set(CHUNK_COUNT, chunks);
            }
            Record row = insert.returning(DESCRIPTION).fetchSingle();
            if (!inline) {
                ChunkUpload.send(session, row.get(ARCHIVE_ID), content, settings.chunkBytes());
            }
            content.requireDigests();
            return ArchiveTable.snapshot(row);
        } catch (IOException e) {
            throw FileContent.unreadable(submission.file(), e);
        }
    }

    private static BigDecimal ratio(ArchiveSubmission submission) {
        long uncompressed = submission.file().uncompressedSize();
        if (uncompressed <= 0) {
            return null;
        }
        BigDecimal ratio = BigDecimal.valueOf(submission.file().size())
                .divide(BigDecimal.valueOf(uncompressed), 2, RoundingMode.HALF_UP);
        return ratio.compareTo(RATIO_LIMIT) < 0 ? ratio : null;
    }

    private static Field<JSONB> tags(ArchiveSubmission submission) {
        List<String> names = new ArrayList<>(submission.tags().keySet());
        List<String> texts = names.stream().map(submission.tags()::get).toList();
        return field(
                "jsonb_object({0}, {1})",
                JSONB.class, val(names.toArray(new String[0])), val(texts.toArray(new String[0])));
    }

    /** One of our own before one that the pipeline made: only ours are unique. */
    private static Optional<ArchivedSnapshot> findBatch(PostgresSession session, SnapshotId id) {
        return session.dsl()
                .select(DESCRIPTION)
                .from(ARCHIVE)
                .where(BATCH_ID.eq(id.value()))
                .orderBy(field(FINGERPRINT.isNull()), ARCHIVE_ID.desc())
                .limit(1)
                .fetchOptional()
                .map(ArchiveTable::snapshot);
    }

    private static ArchivedSnapshot requireSame(ArchiveSubmission submission, ArchivedSnapshot there) {
        boolean sameContent = there.fingerprint().isPresent()
                ? there.fingerprint().get().equals(submission.fingerprint())
                : there.md5().equals(Optional.of(submission.file().md5()));
        if (sameContent
                && there.dataset().equals(submission.dataset())
                && there.partition().equals(submission.partition())) {
            return there;
        }
        throw SnapshotException.conflict("the archive holds another snapshot under this batch id")
                .where("batch " + submission.snapshotId())
                .actual("archive " + there.id() + " of " + there.dataset() + ", partition '" + there.partition()
                        + "', fingerprint "
                        + there.fingerprint().map(Object::toString).orElse("unknown"))
                .expected(submission.dataset() + ", partition '" + submission.partition() + "', fingerprint "
                        + submission.fingerprint())
                .nextStep("save the snapshot under a new batch id")
                .build();
    }

    private static SnapshotException dateTaken(ArchiveSubmission submission, SnapshotException cause) {
        return SnapshotException.conflict("the archive holds another snapshot of this date")
                .where("dataset " + submission.dataset() + ", partition '" + submission.partition() + "'")
                .actual("a snapshot dated " + submission.date() + " with another batch id")
                .expected("one snapshot a date")
                .nextStep("save it with another date")
                .cause(cause)
                .build();
    }

    @Override
    public Optional<ArchivedSnapshot> find(ArchiveId id) {
        return reading(
                "looking for an archive",
                session -> session.dsl()
                        .select(DESCRIPTION)
                        .from(ARCHIVE)
                        .where(ARCHIVE_ID.eq(id.value()))
                        .fetchOptional()
                        .map(ArchiveTable::snapshot));
    }

    @Override
    public Optional<ArchivedSnapshot> find(SnapshotId id) {
        return reading("looking for an archive", session -> findBatch(session, id));
    }

    @Override
    public List<ArchivedSnapshot> list(ArchiveQuery query) {
        Condition wanted = noCondition();
        if (query.dataset().isPresent()) {
            wanted = wanted.and(SOURCE_TABLE.eq(query.dataset().get()));
        }
        if (query.partition().isPresent()) {
            wanted = wanted.and(CUSTOMER_FILTER.eq(query.partition().get().name()));
        }
        if (query.from().isPresent()) {
            wanted = wanted.and(SNAPSHOT_DATE.ge(query.from().get()));
        }
        if (query.to().isPresent()) {
            wanted = wanted.and(SNAPSHOT_DATE.le(query.to().get()));
        }
        Condition condition = wanted;
        // Tags are compared as texts, which JSON containment is not: a number of the pipeline's equals its text.
        return reading(
                "listing archives",
                session -> session
                        .dsl()
                        .select(DESCRIPTION)
                        .from(ARCHIVE)
                        .where(condition)
                        .orderBy(SNAPSHOT_DATE.desc(), ARCHIVE_ID.desc())
                        .fetch(ArchiveTable::snapshot)
                        .stream()
                        .filter(query::matches)
                        .toList());
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        PostgresSession session = open();
        try {
            Field<Long> inlineSize = field("octet_length({0})::bigint", Long.class, PARQUET_DATA);
            Record3<Long, Integer, Long> row = session.run(
                    "opening archive " + id,
                    () -> session.dsl()
                            .select(PARQUET_SIZE, CHUNK_BYTES, inlineSize)
                            .from(ARCHIVE)
                            .where(ARCHIVE_ID.eq(id.value()))
                            .fetchOne());
            if (row == null) {
                throw SnapshotException.invalidRequest("no such archive")
                        .actual(id)
                        .expected("the number of an archive")
                        .nextStep("'snapshot list' shows them")
                        .build();
            }
            return row.value2() == null
                    ? new ArchiveBytes(session, id, row.value3(), 0, listener)
                    : new ArchiveBytes(session, id, row.value1(), row.value2(), listener);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
        List<Long> numbers = ids.stream().map(ArchiveId::value).distinct().toList();
        if (numbers.isEmpty()) {
            return List.of();
        }
        try (PostgresSession session = open()) {
            return session.inTransaction(Isolation.READ_COMMITTED, "removing archives", () -> {
                Condition wanted = ARCHIVE_ID.eq(any(numbers.toArray(new Long[0])));
                // A hold that was set in the meantime counts: DELETE reads the newest version of the row.
                List<ArchivedSnapshot> removed = session.dsl()
                        .deleteFrom(ARCHIVE)
                        .where(wanted, HOLD_REASON.isNull())
                        .returning(DESCRIPTION)
                        .fetch(ArchiveTable::snapshot);
                List<ArchivedSnapshot> left = session.dsl()
                        .select(DESCRIPTION)
                        .from(ARCHIVE)
                        .where(wanted)
                        .orderBy(ARCHIVE_ID)
                        .fetch(ArchiveTable::snapshot);
                if (!left.isEmpty()) {
                    throw held(left);
                }
                return removed;
            });
        }
    }

    /** Thrown within the transaction, which takes back what was removed. */
    private static SnapshotException held(List<ArchivedSnapshot> left) {
        List<String> holds = left.stream()
                .map(archive -> "archive " + archive.id() + ": "
                        + archive.hold().map(Hold::toString).orElse("released a moment ago"))
                .toList();
        return SnapshotException.conflict("an archive is held; none was removed")
                .actual(String.join("; ", holds))
                .expected("archives whose hold_reason is NULL")
                .nextStep(
                        "leave it out, or end the hold: UPDATE snapshot_archive SET hold_reason = NULL WHERE archive_id = "
                                + left.get(0).id())
                .build();
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ArchivedSnapshot hold(ArchiveId id, Hold hold) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ArchivedSnapshot release(ArchiveId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ArchivedSnapshot redact(RedactionSubmission submission) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Tombstone> tombstones(ArchiveQuery query) {
        return List.of();
    }

    @Override
    public List<Redaction> redactions(ArchiveQuery query) {
        return List.of();
    }

    @Override
    public List<ChainHead> chainHeads(ArchiveQuery query) {
        return List.of();
    }

    private <T> T reading(String task, Function<PostgresSession, T> read) {
        try (PostgresSession session = open()) {
            return session.run(task, () -> read.apply(session));
        }
    }

    private PostgresSession open() {
        return PostgresSession.open(settings.connection(), PURPOSE);
    }
}
