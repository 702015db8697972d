package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.BitSet;

/**
 * Some rows of a snapshot that its base lacks or has in another version. Row i of each part is the same row. The parts
 * are not to be changed once they were handed on. Any number of threads may then read them.
 *
 * @param rows cells of the rows; the dataset's carried columns are among them
 * @param hashes identities and hashes of the rows
 * @param former the same identities with the hashes that the base has; the hash of a row that is NEW has no meaning
 * @param added the rows that are NEW; the others are CHANGED
 */
public record ChangedRows(RowBatch rows, KeyedHashes hashes, KeyedHashes former, BitSet added) {
    /**
     * Takes the parts as they are.
     *
     * @throws IllegalArgumentException if their sizes differ, or a row has no identity
     */
    public ChangedRows {
        if (rows.rowCount() != hashes.size() || former.size() != hashes.size() || added.length() > hashes.size()) {
            throw new IllegalArgumentException(rows.rowCount() + " rows with " + hashes.size() + " hashes and "
                    + former.size() + " former hashes");
        }
        hashes.requireIdentities();
    }

    /** Returns the number of rows. */
    public int size() {
        return hashes.size();
    }

    /** Checks whether a row is NEW; otherwise it is CHANGED. */
    public boolean isNew(int row) {
        return added.get(row);
    }
}
