package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SHA256;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/**
 * The row that keeps a file, and the column of its bytes.
 *
 * @param version selects the row as long as its file is the one that was opened
 * @param description the file's name in messages
 */
record StoredFile(Table<Record> table, Field<byte[]> data, Condition version, String description) {
    /**
     * The file of an archive.
     *
     * @param sha256 the file's digest, which detects a file that has replaced this one meanwhile; NULL if no digest is
     *     recorded
     */
    static StoredFile ofArchive(ArchiveId id, String sha256) {
        return new StoredFile(
                ARCHIVE,
                PARQUET_DATA,
                ARCHIVE_ID.eq(id.value()).and(SHA256.isNotDistinctFrom(sha256)),
                "archive " + id);
    }

    /** The file of an archive's change set of this number. */
    static StoredFile ofChangeSet(ArchiveId id, long number) {
        return new StoredFile(
                ChangeSetTable.CHANGE_SET,
                ChangeSetTable.DATA,
                ChangeSetTable.CHANGE_SET_NO.eq(number).and(ChangeSetTable.KEPT),
                "the change set of archive " + id);
    }
}
