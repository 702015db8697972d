package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHAIN_NO;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CREATED_AT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PREVIOUS_DIGEST;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.RECORD_DIGEST;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REMOVED_AT;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.REMOVED_BY;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_CHANGED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_DELETED;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ROWS_NEW;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SHA256;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SNAPSHOT_DATE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SOURCE_TABLE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.column;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.text;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The table of change sets, and how a row without its bytes is read. */
final class ChangeSetTable {
    static final Table<Record> CHANGE_SET = table(name("snapshot_change_set"));

    static final Field<Long> CHANGE_SET_NO = column("change_set_no", Long.class);
    static final Field<Long> BASE_ARCHIVE_ID = column("base_archive_id", Long.class);
    static final Field<Long> ROWS_TOUCHED = column("rows_touched", Long.class);
    static final Field<byte[]> DATA = column("data", byte[].class);
    static final Field<Long> DATA_SIZE = column("data_size", Long.class);
    static final Field<byte[]> FILTER = column("filter", byte[].class);
    static final Field<String> FILTER_SHA256 = column("filter_sha256", String.class);
    static final Field<String> REMOVED_FOR = column("removed_for", String.class);

    /** The change sets whose file and filter are there. */
    static final Condition KEPT = REMOVED_AT.isNull();

    /** The columns that {@link #changeSet} reads; never the bytes. */
    static final List<Field<?>> DESCRIPTION = List.of(
            CHANGE_SET_NO,
            ARCHIVE_ID,
            BASE_ARCHIVE_ID,
            SOURCE_TABLE,
            CUSTOMER_FILTER,
            SNAPSHOT_DATE,
            ROWS_NEW,
            ROWS_CHANGED,
            ROWS_TOUCHED,
            ROWS_DELETED,
            DATA_SIZE,
            SHA256,
            FILTER_SHA256,
            CREATED_AT,
            CHAIN_NO,
            PREVIOUS_DIGEST,
            RECORD_DIGEST,
            REMOVED_AT,
            REMOVED_BY,
            REMOVED_FOR);

    private ChangeSetTable() {}

    /** A change set as a row describes it. */
    static ChangeSet changeSet(Record row) {
        return new ChangeSet(
                row.get(CHANGE_SET_NO),
                new ArchiveId(row.get(ARCHIVE_ID)),
                new ArchiveId(row.get(BASE_ARCHIVE_ID)),
                row.get(SOURCE_TABLE),
                new Partition(row.get(CUSTOMER_FILTER)),
                row.get(SNAPSHOT_DATE),
                new ChangeSetCounts(
                        row.get(ROWS_NEW), row.get(ROWS_CHANGED), row.get(ROWS_TOUCHED), row.get(ROWS_DELETED)),
                row.get(DATA_SIZE),
                row.get(SHA256),
                row.get(FILTER_SHA256),
                row.get(CREATED_AT),
                Optional.of(new ChainLink(row.get(CHAIN_NO), text(row, PREVIOUS_DIGEST), text(row, RECORD_DIGEST))),
                Optional.ofNullable(row.get(REMOVED_AT))
                        .map(at -> new ChangeSet.Removal(at, text(row, REMOVED_BY), text(row, REMOVED_FOR))));
    }
}
