package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ATTEMPT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.BATCH_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHAIN;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHAIN_NO;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNKS_SHA256;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_BYTES;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_COUNT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.COMPRESSION_RATIO;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CREATED_AT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CREATED_BY;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.DESCRIPTION;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.DIGEST;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ERASED_ROWS;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.FILE_CHECKSUM;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.FINGERPRINT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HASH_SPEC_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HELD;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HOLD_OWNER;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HOLD_REASON;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.HOLD_UNTIL;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ORIGINAL_COLUMNS;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_SIZE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PREVIOUS_DIGEST;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PUBLISHED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REASON;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.RECORDS_COUNT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.RECORD_DIGEST;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REDACTION;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REPLACED_DIGEST;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.RETENTION_UNTIL;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_CHANGED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_DELETED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_NEW;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_UNCHANGED;
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
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveConflicts;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.archive.TagNote;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.archive.TransferListener;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.InsertSetMoreStep;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Record4;
import org.jooq.UpdateSetMoreStep;
import org.jooq.impl.SQLDataType;

/**
 * The archive in PostgreSQL. The table {@code snapshot_archive} is the one that existing readers know;
 * {@code snapshot_archive_chunk} holds files beyond the inline limit. The database's triggers maintain the chain, the
 * holds and the tombstones. Each call opens a connection of its own. A stored file is durable when {@link #store}
 * returns, as far as the server syncs its log. Safe to share between threads.
 */
public final class PostgresArchiveStore
        implements ArchiveStore, ArchiveHolds, ArchiveTags, ArchiveRedaction, ArchiveAudit {
    private static final String UNIQUE_VIOLATION = "23505";

    /**
     * A session that appends to a partition's chain blocks other appends until it commits. The limit keeps an abandoned
     * session from blocking a save for ever.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** DECIMAL(5,2) ends here. */
    private static final BigDecimal RATIO_LIMIT = BigDecimal.valueOf(1_000);

    /** The most records to which a page grows beyond the limit of its query. */
    private static final int LARGEST_PAGE = 1_024;

    /** {@code LIMIT NULL} reads all. */
    private static final Field<Integer> NO_LIMIT = inline((Integer) null, SQLDataType.INTEGER);

    private final PostgresArchiveSettings settings;
    private final FetchListener listener;
    private final ArchiveSessions sessions;
    private final PostgresChangeSets changeSets;

    /** An archive in a database with the tables of {@code sql/ddl/tables/kestra}. Connects when it is used. */
    public PostgresArchiveStore(PostgresArchiveSettings settings) {
        this(settings, FetchListener.NONE);
    }

    /** The same with a listener for the fetched bytes. */
    public PostgresArchiveStore(PostgresArchiveSettings settings, FetchListener listener) {
        this(settings, listener, PATIENCE);
    }

    /** The same with another patience: the longest wait for a lock of another session, in whole milliseconds. */
    PostgresArchiveStore(PostgresArchiveSettings settings, FetchListener listener, Duration patience) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.sessions = new ArchiveSessions(settings, patience);
        this.changeSets = new PostgresChangeSets(sessions, listener);
    }

    @Override
    public String description() {
        return "the archive in PostgreSQL";
    }

    @Override
    public Optional<ArchiveHolds> holds() {
        return Optional.of(this);
    }

    @Override
    public Optional<ArchiveTags> tags() {
        return Optional.of(this);
    }

    @Override
    public Optional<ArchiveRedaction> redaction() {
        return Optional.of(this);
    }

    @Override
    public Optional<ArchiveAudit> audit() {
        return Optional.of(this);
    }

    @Override
    public Optional<ChangeSetStore> changeSets() {
        return Optional.of(changeSets);
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        return store(submission, TransferListener.NONE);
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission, TransferListener listener) {
        try (PostgresSession session = open()) {
            Optional<ArchivedSnapshot> earlier = session.run("looking for an archive of the batch", () -> {
                return findBatch(session, submission.snapshotId());
            });
            if (earlier.isPresent()) {
                return ArchiveConflicts.requireSame(submission, earlier.get());
            }
            session.database().requireRoom();
            try {
                return sessions.changing(session, "storing an archive", () -> {
                    Optional<ChangeSetSubmission> changes = PostgresChangeSets.withBase(session, submission);
                    ArchivedSnapshot stored = insert(session, submission, listener);
                    changes.ifPresent(each -> PostgresChangeSets.insert(session, stored, each));
                    return stored;
                });
            } catch (SnapshotException e) {
                if (!PostgresSession.sqlState(e).equals(Optional.of(UNIQUE_VIOLATION))) {
                    throw e;
                }
                return session.run("looking for an archive of the batch", () -> {
                            return findBatch(session, submission.snapshotId());
                        })
                        .map(winner -> ArchiveConflicts.requireSame(submission, winner))
                        .orElseThrow(() -> ArchiveConflicts.dateTaken(submission, e));
            }
        }
    }

    @Override
    public void publish(ArchiveId id) {
        try (PostgresSession session = open()) {
            // A snapshot is published already; a repetition sets the mark.
            sessions.changing(
                    session,
                    "marking archive " + id + " as published",
                    () -> session.dsl()
                            .update(ARCHIVE)
                            .set(PUBLISHED, true)
                            .where(ARCHIVE_ID.eq(id.value()).and(not(PUBLISHED)))
                            .execute());
        }
    }

    private ArchivedSnapshot insert(PostgresSession session, ArchiveSubmission submission, TransferListener listener)
            throws SQLException {
        long size = submission.file().size();
        boolean inline = size <= settings.inlineLimit();
        String chunksDigest = inline ? null : chunksDigest(submission.file());
        try (FileContent content = FileContent.open(submission.file(), listener)) {
            InsertSetMoreStep<Record> insert = session.dsl()
                    .insertInto(ARCHIVE)
                    .set(SNAPSHOT_DATE, submission.date())
                    .set(CUSTOMER_FILTER, submission.partition().name())
                    .set(BATCH_ID, submission.snapshotId().value())
                    .set(RECORDS_COUNT, submission.file().rowCount())
                    .set(SOURCE_DATABASE, submission.sourceDatabase())
                    .set(SOURCE_TABLE, submission.dataset())
                    .set(PARQUET_SIZE, size)
                    .set(COMPRESSION_RATIO, ratio(submission.file()))
                    .set(ORIGINAL_COLUMNS, submission.columnCount())
                    .set(SCHEMA_HASH, submission.schemaHash())
                    .set(FILE_CHECKSUM, submission.file().md5())
                    .set(CREATED_AT, field("clock_timestamp() at time zone 'UTC'", UtcTimestamps.TYPE))
                    .set(CREATED_BY, currentUser())
                    .set(RETENTION_UNTIL, submission.retentionUntil().orElse(null))
                    .set(TAGS, tags(submission.tags()))
                    .set(SHA256, submission.file().sha256())
                    .set(UNCOMPRESSED_SIZE, submission.file().uncompressedSize())
                    .set(HASH_SPEC_ID, submission.hashSpecId())
                    .set(FINGERPRINT, submission.fingerprint().hex())
                    .set(ATTEMPT, submission.attempt())
                    .set(PUBLISHED, false);
            submission
                    .changes()
                    .ifPresent(changes -> insert.set(ROWS_NEW, changes.added())
                            .set(ROWS_CHANGED, changes.changed())
                            .set(ROWS_UNCHANGED, changes.unchanged())
                            .set(ROWS_DELETED, changes.deleted()));
            if (inline) {
                insert.set(
                        PARQUET_DATA,
                        val(new byte[0], SQLDataType.BLOB.asConvertedDataType(new StreamBinding(content, size))));
            } else {
                insert.set(PARQUET_DATA, new byte[0])
                        .set(CHUNK_BYTES, settings.chunkBytes())
                        .set(CHUNK_COUNT, chunks(size))
                        .set(CHUNKS_SHA256, chunksDigest);
            }
            Record row = insert.returning(DESCRIPTION).fetchSingle();
            if (!inline) {
                sendChunks(session, row.get(ARCHIVE_ID), content, chunksDigest);
            }
            content.requireDigests();
            return ArchiveTable.snapshot(row);
        } catch (IOException e) {
            throw FileContent.unreadable(submission.file(), e);
        }
    }

    private int chunks(long size) {
        return Math.toIntExact((size + settings.chunkBytes() - 1) / settings.chunkBytes());
    }

    /** Read before anything is sent, so that the digest is part of the record when it joins the chain. */
    private String chunksDigest(WrittenFile file) {
        FileContent.requireSize(file);
        try {
            return ChunkDigests.of(file, settings.chunkBytes(), chunks(file.size()));
        } catch (IOException e) {
            throw FileContent.unreadable(file, e);
        }
    }

    private void sendChunks(PostgresSession session, long archiveId, FileContent content, String expectedDigest)
            throws SQLException, IOException {
        content.requireChunks(ChunkUpload.send(session, archiveId, content, settings.chunkBytes()), expectedDigest);
    }

    private static BigDecimal ratio(WrittenFile file) {
        long uncompressed = file.uncompressedSize();
        if (uncompressed <= 0) {
            return null;
        }
        BigDecimal ratio =
                BigDecimal.valueOf(file.size()).divide(BigDecimal.valueOf(uncompressed), 2, RoundingMode.HALF_UP);
        return ratio.compareTo(RATIO_LIMIT) < 0 ? ratio : null;
    }

    private static Field<JSONB> tags(Map<String, String> tags) {
        List<String> names = new ArrayList<>(tags.keySet());
        List<String> texts = names.stream().map(tags::get).toList();
        return field(
                "jsonb_object({0}, {1})",
                JSONB.class, val(names.toArray(new String[0])), val(texts.toArray(new String[0])));
    }

    /** A record of this platform precedes one that the pipeline made, because only the former are unique. */
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
        // The database narrows by the tags, the query's own comparison is the exact one.
        return reading(
                "listing archives",
                session -> newestFirst(
                        query,
                        (beyond, count) -> session.dsl()
                                .select(DESCRIPTION)
                                .from(ARCHIVE)
                                .where(ArchiveTable.dated(query).and(TagSearch.mayHave(query.tags())), beyond)
                                .orderBy(SNAPSHOT_DATE.desc(), ARCHIVE_ID.desc())
                                .limit(count)
                                .fetch(ArchiveTable::snapshot),
                        archive -> archive));
    }

    /** Reads records newest first, in pages. Its condition leaves out the records of the pages before. */
    private interface Page<T> {
        List<T> read(Condition beyond, Field<Integer> count);
    }

    /**
     * Returns the records that match a query, up to its limit. The limit is the database's own: the first page has as
     * many records as the query asks for, and the next ones are read only if the database found others than the query
     * matches. They grow, so that a query that matches few of many records does not make one round trip for each.
     */
    private static <T> List<T> newestFirst(ArchiveQuery query, Page<T> page, Function<T, ArchivedSnapshot> archive) {
        if (query.limit().isEmpty()) {
            return page.read(noCondition(), NO_LIMIT).stream()
                    .filter(record -> query.matches(archive.apply(record)))
                    .toList();
        }
        int wanted = query.limit().getAsInt();
        int size = wanted;
        List<T> found = new ArrayList<>();
        Condition beyond = noCondition();
        while (true) {
            List<T> read = page.read(beyond, val(size));
            read.stream()
                    .filter(record -> query.matches(archive.apply(record)))
                    .limit(wanted - found.size())
                    .forEach(found::add);
            if (found.size() == wanted || read.size() < size) {
                return List.copyOf(found);
            }
            if (size < LARGEST_PAGE) {
                size = Math.min(2 * Math.max(size, 32), LARGEST_PAGE);
            }
            ArchivedSnapshot last = archive.apply(read.get(read.size() - 1));
            beyond = row(SNAPSHOT_DATE, ARCHIVE_ID).lt(last.date(), last.id().value());
        }
    }

    @Override
    public List<String> datasets() {
        // The order is Java's, not that of the server's collation.
        return reading(
                "listing the datasets of archives",
                session -> session.dsl().selectDistinct(SOURCE_TABLE).from(ARCHIVE).fetch(SOURCE_TABLE).stream()
                        .sorted()
                        .toList());
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        PostgresSession session = open();
        try {
            Field<Long> inlineSize = field("octet_length({0})::bigint", Long.class, PARQUET_DATA);
            Record4<Long, Integer, Long, String> row = session.run(
                    "opening archive " + id,
                    () -> session.dsl()
                            .select(PARQUET_SIZE, CHUNK_BYTES, inlineSize, SHA256)
                            .from(ARCHIVE)
                            .where(ARCHIVE_ID.eq(id.value()))
                            .fetchOne());
            if (row == null) {
                throw ArchiveConflicts.missing(id);
            }
            if (row.value2() != null && row.value1() == null) {
                throw SnapshotException.corrupt("the archive's record does not state the size of its file")
                        .where("archive " + id)
                        .actual("no parquet_size")
                        .expected("the size of a file that is kept in chunks")
                        .nextStep("restore the archive's row from a backup")
                        .build();
            }
            return row.value2() == null
                    ? new ArchiveBytes(session, id, StoredFile.ofArchive(id, row.value4()), row.value3(), 0, listener)
                    : new ArchiveBytes(
                            session, id, StoredFile.ofArchive(id, row.value4()), row.value1(), row.value2(), listener);
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
            return changingArchives(session, "removing archives", () -> {
                Condition wanted = ARCHIVE_ID.eq(any(numbers.toArray(new Long[0])));
                session.dsl()
                        .select(field(
                                "set_config({0}, {1}, true)",
                                String.class, inline("hybrid_snapshots.removal_reason"), val(reason)))
                        .fetch();
                // A hold that was set in the meantime counts: DELETE reads the newest version of the row.
                List<ArchivedSnapshot> removed = session.dsl()
                        .deleteFrom(ARCHIVE)
                        .where(wanted, not(HELD))
                        .returning(DESCRIPTION)
                        .fetch(ArchiveTable::snapshot);
                List<ArchivedSnapshot> left = session.dsl()
                        .select(DESCRIPTION)
                        .from(ARCHIVE)
                        .where(wanted)
                        .orderBy(ARCHIVE_ID)
                        .fetch(ArchiveTable::snapshot);
                if (!left.isEmpty()) {
                    // Thrown within the transaction, which then rolls back its changes.
                    throw ArchiveConflicts.held(left);
                }
                return removed;
            });
        }
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId id) {
        Field<String> kind = field(name("kind"), String.class);
        Field<String> detail = field(name("detail"), String.class);
        Record2<String, String> found = reading(
                "computing the digests of archive " + id,
                session -> session.dsl()
                        .select(kind, detail)
                        .from("snapshot_archive_damage({0})", val(id.value()))
                        .fetchOne());
        if (found == null) {
            throw ArchiveConflicts.missing(id);
        }
        return Optional.ofNullable(found.value1()).map(name -> new Damage(Damage.Kind.valueOf(name), found.value2()));
    }

    @Override
    public ArchivedSnapshot hold(ArchiveId id, Hold hold) {
        return held(
                "holding archive " + id,
                id,
                Optional.of(hold),
                session -> requireNoOtherOwner(session, id, hold.owner()));
    }

    @Override
    public ArchivedSnapshot replaceHold(ArchiveId id, Hold hold) {
        return held("holding archive " + id, id, Optional.of(hold), session -> {});
    }

    @Override
    public ArchivedSnapshot release(ArchiveId id, String owner) {
        return held(
                "releasing archive " + id,
                id,
                Optional.empty(),
                session -> requireNoOtherOwner(session, id, Optional.of(owner)));
    }

    @Override
    public ArchivedSnapshot release(ArchiveId id) {
        return held("releasing archive " + id, id, Optional.empty(), session -> {});
    }

    /** Locks the archive until the transaction ends, so that no other hold comes in between. */
    private static void requireNoOtherOwner(PostgresSession session, ArchiveId id, Optional<String> owner) {
        Field<Boolean> held = field(HELD).as("held");
        Record row = session.dsl()
                .select(DESCRIPTION)
                .select(held)
                .from(ARCHIVE)
                .where(ARCHIVE_ID.eq(id.value()))
                .forUpdate()
                .fetchOptional()
                .orElseThrow(() -> ArchiveConflicts.missing(id));
        ArchiveTable.snapshot(row)
                .hold()
                .filter(there -> row.get(held) && !there.owner().equals(owner))
                .ifPresent(there -> {
                    throw there.against(id, owner);
                });
    }

    private ArchivedSnapshot held(String task, ArchiveId id, Optional<Hold> hold, Consumer<PostgresSession> check) {
        try (PostgresSession session = open()) {
            return changingArchives(session, task, () -> {
                        check.accept(session);
                        return session.dsl()
                                .update(ARCHIVE)
                                .set(HOLD_OWNER, hold.flatMap(Hold::owner).orElse(null))
                                .set(HOLD_REASON, hold.map(Hold::reason).orElse(null))
                                .set(HOLD_UNTIL, hold.flatMap(Hold::until).orElse(null))
                                .where(ARCHIVE_ID.eq(id.value()))
                                .returning(DESCRIPTION)
                                .fetchOptional();
                    })
                    .map(ArchiveTable::snapshot)
                    .orElseThrow(() -> ArchiveConflicts.missing(id));
        }
    }

    @Override
    public ArchivedSnapshot changeTags(ArchiveId id, TagChange change) {
        try (PostgresSession session = open()) {
            return changingArchives(session, "changing the tags of archive " + id, () -> {
                ArchivedSnapshot before = lockForTags(session, id);
                Map<String, String> after = change.appliedTo(id, before.tags());
                List<String> removed = before.tags().keySet().stream()
                        .filter(name -> !after.containsKey(name))
                        .toList();
                Map<String, String> set = new TreeMap<>(after);
                before.tags().forEach(set::remove);
                if (removed.isEmpty() && set.isEmpty()) {
                    return before;
                }
                // Other values stay as their writer spelled them, for example as JSON numbers.
                return session.dsl()
                        .update(ARCHIVE)
                        .set(
                                TAGS,
                                field(
                                        "(coalesce({0}, '{}') - {1}::text[]) || {2}",
                                        JSONB.class, TAGS, val(removed.toArray(new String[0])), tags(set)))
                        .where(ARCHIVE_ID.eq(id.value()))
                        .returning(DESCRIPTION)
                        .fetchSingle(ArchiveTable::snapshot);
            });
        }
    }

    /** Locks the archive until the transaction ends, so that the notes state the values that the change replaced. */
    private static ArchivedSnapshot lockForTags(PostgresSession session, ArchiveId id) {
        Field<String> form = field("coalesce(jsonb_typeof({0}), 'object')", String.class, TAGS)
                .as("form");
        Record row = session.dsl()
                .select(DESCRIPTION)
                .select(form)
                .from(ARCHIVE)
                .where(ARCHIVE_ID.eq(id.value()))
                .forUpdate()
                .fetchOptional()
                .orElseThrow(() -> ArchiveConflicts.missing(id));
        if (!row.get(form).equals("object")) {
            throw SnapshotException.conflict("another program's tags of the archive are no JSON object")
                    .where("archive " + id)
                    .actual("a JSON " + row.get(form))
                    .expected("an object of names and values")
                    .nextStep("correct the value of the column 'tags'")
                    .build();
        }
        return ArchiveTable.snapshot(row);
    }

    @Override
    public List<TagNote> tagNotes(ArchiveQuery query) {
        return reading(
                "listing changes of tags",
                session -> session.dsl()
                        .select(ArchiveTable.TAG_NOTE_DESCRIPTION)
                        .from(ArchiveTable.TAG_NOTE)
                        .where(ArchiveTable.inPartition(query))
                        .orderBy(ArchiveTable.NOTED_AT, ArchiveTable.NOTE_ID)
                        .fetch(ArchiveTable::tagNote));
    }

    @Override
    public ArchivedSnapshot redact(RedactionSubmission submission) {
        ArchiveId id = submission.archive();
        try (PostgresSession session = open()) {
            return changingArchives(session, "redacting archive " + id, () -> {
                requireRedactable(session, submission);
                rewrite(session, submission);
                return note(session, submission);
            });
        }
    }

    /** Locks the archive until the transaction ends. */
    private static void requireRedactable(PostgresSession session, RedactionSubmission submission) {
        ArchiveId id = submission.archive();
        Field<Boolean> held = field(HELD).as("held");
        Record row = session.dsl()
                .select(DESCRIPTION)
                .select(held)
                .from(ARCHIVE)
                .where(ARCHIVE_ID.eq(id.value()))
                .forUpdate()
                .fetchOptional()
                .orElseThrow(() -> ArchiveConflicts.missing(id));
        ArchivedSnapshot there = ArchiveTable.snapshot(row);
        if (row.get(held)) {
            throw ArchiveConflicts.held(List.of(there));
        }
        ArchiveConflicts.requireUnchanged(submission, there);
    }

    private void rewrite(PostgresSession session, RedactionSubmission submission) throws SQLException {
        long id = submission.archive().value();
        WrittenFile file = submission.file();
        boolean inline = file.size() <= settings.inlineLimit();
        String chunksDigest = inline ? null : chunksDigest(file);
        try (FileContent content = FileContent.open(file, TransferListener.NONE)) {
            session.dsl().deleteFrom(CHUNK).where(ARCHIVE_ID.eq(id)).execute();
            UpdateSetMoreStep<Record> update = session.dsl()
                    .update(ARCHIVE)
                    .set(RECORDS_COUNT, file.rowCount())
                    .set(PARQUET_SIZE, file.size())
                    .set(COMPRESSION_RATIO, ratio(file))
                    .set(FILE_CHECKSUM, file.md5())
                    .set(SHA256, file.sha256())
                    .set(UNCOMPRESSED_SIZE, file.uncompressedSize())
                    .set(
                            FINGERPRINT,
                            submission.fingerprint().map(Fingerprint::hex).orElse(null))
                    .set(CHUNKS_SHA256, chunksDigest);
            if (inline) {
                update.set(
                                PARQUET_DATA,
                                val(
                                        new byte[0],
                                        SQLDataType.BLOB.asConvertedDataType(new StreamBinding(content, file.size()))))
                        .set(CHUNK_BYTES, (Integer) null)
                        .set(CHUNK_COUNT, (Integer) null);
            } else {
                update.set(PARQUET_DATA, new byte[0])
                        .set(CHUNK_BYTES, settings.chunkBytes())
                        .set(CHUNK_COUNT, chunks(file.size()));
            }
            update.where(ARCHIVE_ID.eq(id)).execute();
            if (!inline) {
                sendChunks(session, id, content, chunksDigest);
            }
            content.requireDigests();
        } catch (IOException e) {
            throw FileContent.unreadable(file, e);
        }
    }

    /**
     * Gives the rewritten record its digest and appends the redaction to the chain. A trigger assigns its position
     * there.
     */
    private static ArchivedSnapshot note(PostgresSession session, RedactionSubmission submission) {
        ArchivedSnapshot rewritten = session.dsl()
                .update(ARCHIVE)
                .set(
                        RECORD_DIGEST,
                        field(
                                "snapshot_archive_digest_at({0}, {1}, {2})",
                                String.class, ARCHIVE_ID, CHAIN_NO, PREVIOUS_DIGEST))
                .where(ARCHIVE_ID.eq(submission.archive().value()))
                .returning(DESCRIPTION)
                .fetchSingle(ArchiveTable::snapshot);
        session.dsl()
                .insertInto(REDACTION)
                .set(SOURCE_TABLE, rewritten.dataset())
                .set(CUSTOMER_FILTER, rewritten.partition().name())
                .set(ARCHIVE_ID, submission.archive().value())
                .set(REPLACED_DIGEST, submission.replacedDigest())
                .set(RECORD_DIGEST, rewritten.link().orElseThrow().digest())
                .set(REASON, submission.reason())
                .set(ERASED_ROWS, submission.erasedRows())
                .execute();
        return rewritten;
    }

    @Override
    public List<Tombstone> tombstones(ArchiveQuery query) {
        return reading(
                "listing removed archives",
                session -> newestFirst(
                        query,
                        (beyond, count) -> session.dsl()
                                .select(ArchiveTable.TOMBSTONE_DESCRIPTION)
                                .from(ArchiveTable.TOMBSTONE)
                                .where(ArchiveTable.dated(query), beyond)
                                .orderBy(SNAPSHOT_DATE.desc(), ARCHIVE_ID.desc())
                                .limit(count)
                                .fetch(ArchiveTable::tombstone),
                        Tombstone::archive));
    }

    @Override
    public List<Tombstone> tombstones(SnapshotId id) {
        return reading(
                "looking for tombstones",
                session -> session.dsl()
                        .select(ArchiveTable.TOMBSTONE_DESCRIPTION)
                        .from(ArchiveTable.TOMBSTONE)
                        .where(BATCH_ID.eq(id.value()))
                        .fetch(ArchiveTable::tombstone));
    }

    @Override
    public List<Redaction> redactions(ArchiveQuery query) {
        return reading(
                "listing redactions",
                session -> session.dsl()
                        .select(ArchiveTable.REDACTION_DESCRIPTION)
                        .from(REDACTION)
                        .where(ArchiveTable.inPartition(query))
                        .orderBy(CHAIN_NO, SOURCE_TABLE, CUSTOMER_FILTER)
                        .fetch(ArchiveTable::redaction));
    }

    @Override
    public List<ChainHead> chainHeads(ArchiveQuery query) {
        // A head of 0 belongs to a chain that its first link never joined. The order is Java's, not that of the
        // server's collation.
        return reading(
                "reading the ends of the chains",
                session -> session
                        .dsl()
                        .select(SOURCE_TABLE, CUSTOMER_FILTER, CHAIN_NO, DIGEST)
                        .from(CHAIN)
                        .where(ArchiveTable.inPartition(query).and(CHAIN_NO.gt(0L)))
                        .fetch(row ->
                                new ChainHead(row.value1(), new Partition(row.value2()), row.value3(), row.value4()))
                        .stream()
                        .sorted(Comparator.comparing(ChainHead::dataset)
                                .thenComparing(head -> head.partition().name()))
                        .toList());
    }

    private <T> T changingArchives(PostgresSession session, String task, SqlWork<T> work) {
        return sessions.changingArchives(session, task, work);
    }

    private <T> T reading(String task, Function<PostgresSession, T> read) {
        return sessions.reading(task, read);
    }

    private PostgresSession open() {
        return sessions.open();
    }
}
