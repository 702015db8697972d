package io.hybridsnapshot.postgres.archive;

import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.when;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Chunks;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.TagNote;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.jdbc.connection.UtcTimestamps;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Table;

/** The archive's tables and columns, and how a row without its bytes is read. */
final class ArchiveTable {
    static final Table<Record> ARCHIVE = table(name("snapshot_archive"));
    static final Table<Record> CHUNK = table(name("snapshot_archive_chunk"));
    static final Table<Record> CHAIN = table(name("snapshot_archive_chain"));
    static final Table<Record> TOMBSTONE = table(name("snapshot_archive_tombstone"));
    static final Table<Record> REDACTION = table(name("snapshot_archive_redaction"));
    static final Table<Record> TAG_NOTE = table(name("snapshot_archive_tag_note"));

    static final Field<Long> ARCHIVE_ID = column("archive_id", Long.class);
    static final Field<Instant> SNAPSHOT_DATE = field(name("snapshot_date"), UtcTimestamps.TYPE);
    static final Field<String> CUSTOMER_FILTER = column("customer_filter", String.class);
    static final Field<UUID> BATCH_ID = column("batch_id", UUID.class);
    static final Field<Long> RECORDS_COUNT = column("records_count", Long.class);
    static final Field<String> SOURCE_DATABASE = column("source_database", String.class);
    static final Field<String> SOURCE_TABLE = column("source_table", String.class);
    static final Field<byte[]> PARQUET_DATA = column("parquet_data", byte[].class);
    static final Field<Long> PARQUET_SIZE = column("parquet_size", Long.class);
    static final Field<BigDecimal> COMPRESSION_RATIO = column("compression_ratio", BigDecimal.class);
    static final Field<Integer> ORIGINAL_COLUMNS = column("original_columns", Integer.class);
    static final Field<String> SCHEMA_HASH = column("schema_hash", String.class);
    static final Field<String> FILE_CHECKSUM = column("file_checksum", String.class);
    static final Field<Instant> CREATED_AT = field(name("created_at"), UtcTimestamps.TYPE);
    static final Field<String> CREATED_BY = column("created_by", String.class);
    static final Field<LocalDate> RETENTION_UNTIL = column("retention_until", LocalDate.class);
    static final Field<JSONB> TAGS = column("tags", JSONB.class);
    static final Field<String> HOLD_REASON = column("hold_reason", String.class);
    static final Field<String> HOLD_OWNER = column("hold_owner", String.class);
    static final Field<LocalDate> HOLD_UNTIL = column("hold_until", LocalDate.class);
    static final Field<String> SHA256 = column("sha256", String.class);
    static final Field<Long> UNCOMPRESSED_SIZE = column("uncompressed_size", Long.class);
    static final Field<String> HASH_SPEC_ID = column("hash_spec_id", String.class);
    static final Field<String> FINGERPRINT = column("fingerprint", String.class);
    static final Field<Integer> CHUNK_BYTES = column("chunk_bytes", Integer.class);
    static final Field<Integer> CHUNK_COUNT = column("chunk_count", Integer.class);

    static final Field<String> CHUNKS_SHA256 = column("chunks_sha256", String.class);
    static final Field<Long> ROWS_NEW = column("rows_new", Long.class);
    static final Field<Long> ROWS_CHANGED = column("rows_changed", Long.class);
    static final Field<Long> ROWS_UNCHANGED = column("rows_unchanged", Long.class);
    static final Field<Long> ROWS_DELETED = column("rows_deleted", Long.class);
    static final Field<Integer> ATTEMPT = column("attempt", Integer.class);
    static final Field<Boolean> PUBLISHED = column("published", Boolean.class);
    static final Field<Long> CHAIN_NO = column("chain_no", Long.class);
    static final Field<String> PREVIOUS_DIGEST = column("previous_digest", String.class);
    static final Field<String> RECORD_DIGEST = column("record_digest", String.class);

    static final Field<Integer> CHUNK_NO = column("chunk_no", Integer.class);
    static final Field<byte[]> CHUNK_DATA = column("data", byte[].class);

    /** The digest of a redaction's link, and with which the chain's newest link joined. */
    static final Field<String> DIGEST = column("digest", String.class);

    static final Field<String> REPLACED_DIGEST = column("replaced_digest", String.class);
    static final Field<Instant> REDACTED_AT = field(name("redacted_at"), UtcTimestamps.TYPE);
    static final Field<String> REDACTED_BY = column("redacted_by", String.class);
    static final Field<String> REASON = column("reason", String.class);
    static final Field<Long> ERASED_ROWS = column("erased_rows", Long.class);

    static final Field<Long> NOTE_ID = column("note_id", Long.class);
    static final Field<Instant> NOTED_AT = field(name("noted_at"), UtcTimestamps.TYPE);
    private static final Field<String> NOTED_BY = column("noted_by", String.class);
    private static final Field<String> TAG_NAME = column("tag_name", String.class);
    private static final Field<String> VALUE_BEFORE = column("value_before", String.class);
    private static final Field<String> VALUE_AFTER = column("value_after", String.class);

    static final Field<Instant> REMOVED_AT = field(name("removed_at"), UtcTimestamps.TYPE);
    static final Field<String> REMOVED_BY = column("removed_by", String.class);
    private static final Field<String> REMOVAL_REASON = column("removal_reason", String.class);

    /** Whether an archive is under a hold today, by the rule that the triggers use. */
    static final Condition HELD = condition("snapshot_archive_is_held({0}, {1})", HOLD_REASON, HOLD_UNTIL);

    /**
     * The size that the writer recorded, or else the size of the value. The server knows the latter without reading the
     * value.
     */
    private static final Field<Long> SIZE = coalesce(
                    PARQUET_SIZE, field("octet_length({0})::bigint", Long.class, PARQUET_DATA))
            .as("size");

    /** A TIMESTAMPTZ where an older table has one; the session's time zone is UTC. */
    private static final Field<Instant> CREATED =
            field("{0}::timestamp", UtcTimestamps.TYPE, CREATED_AT).as("created");

    private static final Field<String[]> TAG_NAMES = tags("names", field(name("key"), String.class));
    private static final Field<String[]> TAG_VALUES =
            tags("texts", coalesce(field(name("value"), String.class), inline("null")));

    /** The columns that {@link #snapshot} reads; never the file. */
    static final List<Field<?>> DESCRIPTION = description(SIZE);

    /** The columns that {@link #tombstone} reads. */
    static final List<Field<?>> TOMBSTONE_DESCRIPTION = Stream.concat(
                    description(PARQUET_SIZE.as(SIZE)).stream(), Stream.of(REMOVED_AT, REMOVED_BY, REMOVAL_REASON))
            .toList();

    /** The columns that {@link #redaction} reads. */
    static final List<Field<?>> REDACTION_DESCRIPTION = List.of(
            ARCHIVE_ID,
            SOURCE_TABLE,
            CUSTOMER_FILTER,
            CHAIN_NO,
            PREVIOUS_DIGEST,
            DIGEST,
            REPLACED_DIGEST,
            RECORD_DIGEST,
            REDACTED_AT,
            REDACTED_BY,
            REASON,
            ERASED_ROWS);

    /** The columns that {@link #tagNote} reads. */
    static final List<Field<?>> TAG_NOTE_DESCRIPTION =
            List.of(ARCHIVE_ID, SOURCE_TABLE, CUSTOMER_FILTER, TAG_NAME, VALUE_BEFORE, VALUE_AFTER, NOTED_AT, NOTED_BY);

    private static final Pattern HEX_SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** Replaces a reason that was left blank. */
    private static final String NO_REASON = "no reason given";

    private ArchiveTable() {}

    private static List<Field<?>> description(Field<Long> size) {
        return List.of(
                ARCHIVE_ID,
                SNAPSHOT_DATE,
                CUSTOMER_FILTER,
                BATCH_ID,
                RECORDS_COUNT,
                SOURCE_DATABASE,
                SOURCE_TABLE,
                size,
                ORIGINAL_COLUMNS,
                SCHEMA_HASH,
                FILE_CHECKSUM,
                CREATED,
                RETENTION_UNTIL,
                HOLD_OWNER,
                HOLD_REASON,
                HOLD_UNTIL,
                SHA256,
                UNCOMPRESSED_SIZE,
                HASH_SPEC_ID,
                FINGERPRINT,
                ROWS_NEW,
                ROWS_CHANGED,
                ROWS_UNCHANGED,
                ROWS_DELETED,
                CHUNK_BYTES,
                CHUNK_COUNT,
                CHUNKS_SHA256,
                CHAIN_NO,
                PREVIOUS_DIGEST,
                RECORD_DIGEST,
                ATTEMPT,
                PUBLISHED,
                TAG_NAMES,
                TAG_VALUES);
    }

    /** An archive as a row describes it. Values that its writer did not know are empty. */
    static ArchivedSnapshot snapshot(Record row) {
        Long rows = row.get(RECORDS_COUNT);
        Long uncompressed = row.get(UNCOMPRESSED_SIZE);
        return ArchivedSnapshot.builder(
                        new ArchiveId(row.get(ARCHIVE_ID)),
                        row.get(SOURCE_TABLE),
                        new Partition(row.get(CUSTOMER_FILTER)),
                        row.get(SNAPSHOT_DATE))
                .snapshotId(Optional.ofNullable(row.get(BATCH_ID)).map(SnapshotId::new))
                .sourceDatabase(row.get(SOURCE_DATABASE))
                .rowCount(rows == null ? OptionalLong.empty() : OptionalLong.of(rows))
                .size(row.get(SIZE))
                .uncompressedSize(uncompressed == null ? OptionalLong.empty() : OptionalLong.of(uncompressed))
                .columnCount(number(row, ORIGINAL_COLUMNS))
                .schemaHash(Optional.ofNullable(row.get(SCHEMA_HASH)))
                .md5(Optional.ofNullable(row.get(FILE_CHECKSUM)))
                .sha256(Optional.ofNullable(row.get(SHA256)))
                .hashSpecId(Optional.ofNullable(row.get(HASH_SPEC_ID)))
                .fingerprint(Optional.ofNullable(row.get(FINGERPRINT))
                        .filter(hex -> HEX_SHA256.matcher(hex).matches())
                        .map(Fingerprint::new))
                .createdAt(Optional.ofNullable(row.get(CREATED)))
                .retentionUntil(Optional.ofNullable(row.get(RETENTION_UNTIL)))
                .tags(tagMap(row.get(TAG_NAMES), row.get(TAG_VALUES)))
                .hold(hold(row))
                .changes(changes(row))
                .chunks(new Chunks(
                        number(row, CHUNK_BYTES),
                        number(row, CHUNK_COUNT),
                        Optional.ofNullable(row.get(CHUNKS_SHA256))))
                .link(Optional.ofNullable(row.get(CHAIN_NO))
                        .map(number -> new ChainLink(number, text(row, PREVIOUS_DIGEST), text(row, RECORD_DIGEST))))
                .attempt(Math.max(1, number(row, ATTEMPT).orElse(1)))
                .published(!Boolean.FALSE.equals(row.get(PUBLISHED)))
                .build();
    }

    private static OptionalInt number(Record row, Field<Integer> column) {
        Integer value = row.get(column);
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }

    /**
     * A manual change of a record can remove a value that every writer must supply. The missing value reads as an empty
     * text, which matches no digest.
     */
    static String text(Record row, Field<String> column) {
        return Optional.ofNullable(row.get(column)).orElse("");
    }

    private static Optional<DeltaSummary> changes(Record row) {
        List<Long> counts = Stream.of(ROWS_NEW, ROWS_CHANGED, ROWS_UNCHANGED, ROWS_DELETED)
                .map(row::get)
                .filter(count -> count != null && count >= 0)
                .toList();
        return counts.size() < 4
                ? Optional.empty()
                : Optional.of(new DeltaSummary(counts.get(0), counts.get(1), counts.get(2), counts.get(3)));
    }

    /** Selects the rows of a query's dataset and partition within its dates. */
    static Condition dated(ArchiveQuery query) {
        Condition wanted = inPartition(query);
        if (query.from().isPresent()) {
            wanted = wanted.and(SNAPSHOT_DATE.ge(query.from().get()));
        }
        if (query.to().isPresent()) {
            wanted = wanted.and(SNAPSHOT_DATE.le(query.to().get()));
        }
        return wanted;
    }

    /** Selects the rows of a query's dataset and partition. */
    static Condition inPartition(ArchiveQuery query) {
        Condition wanted = noCondition();
        if (query.dataset().isPresent()) {
            wanted = wanted.and(SOURCE_TABLE.eq(query.dataset().get()));
        }
        if (query.partition().isPresent()) {
            wanted = wanted.and(CUSTOMER_FILTER.eq(query.partition().get().name()));
        }
        return wanted;
    }

    /** A removed archive as its tombstone describes it. */
    static Tombstone tombstone(Record row) {
        return new Tombstone(
                snapshot(row), row.get(REMOVED_AT), row.get(REMOVED_BY), Optional.ofNullable(row.get(REMOVAL_REASON)));
    }

    /** A redaction's record. */
    static Redaction redaction(Record row) {
        return new Redaction(
                new ArchiveId(row.get(ARCHIVE_ID)),
                row.get(SOURCE_TABLE),
                new Partition(row.get(CUSTOMER_FILTER)),
                new ChainLink(row.get(CHAIN_NO), row.get(PREVIOUS_DIGEST), row.get(DIGEST)),
                row.get(REPLACED_DIGEST),
                row.get(RECORD_DIGEST),
                row.get(REDACTED_AT),
                row.get(REDACTED_BY),
                row.get(REASON),
                row.get(ERASED_ROWS));
    }

    /** The note of a later change of a tag. */
    static TagNote tagNote(Record row) {
        return new TagNote(
                new ArchiveId(row.get(ARCHIVE_ID)),
                row.get(SOURCE_TABLE),
                new Partition(row.get(CUSTOMER_FILTER)),
                row.get(TAG_NAME),
                Optional.ofNullable(row.get(VALUE_BEFORE)),
                Optional.ofNullable(row.get(VALUE_AFTER)),
                row.get(NOTED_AT),
                row.get(NOTED_BY));
    }

    /** A hold written by hand in SQL may lack its details; it is still in force. */
    private static Optional<Hold> hold(Record row) {
        return Optional.ofNullable(row.get(HOLD_REASON))
                .map(reason -> new Hold(
                        Optional.ofNullable(row.get(HOLD_OWNER)).filter(owner -> !owner.isBlank()),
                        reason.isBlank() ? NO_REASON : reason,
                        Optional.ofNullable(row.get(HOLD_UNTIL))));
    }

    private static Map<String, String> tagMap(String[] names, String[] texts) {
        Map<String, String> tags = new LinkedHashMap<>();
        if (names != null) {
            for (int i = 0; i < names.length; i++) {
                tags.put(names[i], texts[i]);
            }
        }
        return tags;
    }

    /**
     * A value derived from each top-level entry of the tags, in order of their names. NULL if the tags are no object.
     */
    private static Field<String[]> tags(String alias, Field<String> entry) {
        return when(
                        field("jsonb_typeof({0})", String.class, TAGS).eq("object"),
                        array(select(entry)
                                .from(table("jsonb_each_text({0})", TAGS).as("tag", "key", "value"))
                                .orderBy(field(name("key")))))
                .as(alias);
    }

    static <T> Field<T> column(String column, Class<T> type) {
        return field(name(column), type);
    }
}
