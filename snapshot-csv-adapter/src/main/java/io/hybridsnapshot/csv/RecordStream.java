package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.List;
import java.util.Optional;

/** The records of one reading of a {@link RecordFile}. For one thread; closed by whoever opened it. */
public interface RecordStream extends AutoCloseable {
    /** The names of the columns: at least one, none of them empty, each once. */
    List<String> columns();

    /** The number of the record that holds the names, or else of the first record. For errors about columns. */
    long firstNumber();

    /** The place of a record within the file, by its number: {@code line 7}. */
    String place(long number);

    /**
     * Passes the cells of the next record and ends it.
     *
     * @return false at the end of the file
     * @throws SnapshotException INVALID_REQUEST for a wrong record, naming its place; CORRUPT for damage; UNAVAILABLE
     *     if the file cannot be read any more
     */
    boolean next(RecordCells cells);

    /** The part of the file that was read, in the unit of {@link RecordFile#length}. */
    default long position() {
        return 0;
    }

    /** What users of the rows should know about this reading; only after {@link #next} has returned false. */
    default Optional<String> remark() {
        return Optional.empty();
    }

    @Override
    void close();
}
