package io.hybridsnapshot.parquet;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Compares the stored bytes of columns of two files. A column chunk is its pages, each with a header that describes its
 * encoding. So equal bytes of one type, compressed by one codec, are decoded to equal cells. The comparison of a column
 * ends at the first bytes that differ. Stateless.
 */
final class StoredPages {
    private static final int FIRST_WINDOW = 16 << 10;
    private static final int WINDOW = 1 << 20;

    private StoredPages() {}

    /** Returns those of some columns whose chunks are the same bytes in row groups of the same numbers of rows. */
    static Set<String> alike(ParquetFile left, ParquetFile right, Collection<String> columns) {
        Set<String> alike = new LinkedHashSet<>();
        if (left.rowCount() > 0 && haveSameGroups(left.rowGroups(), right.rowGroups())) {
            Windows windows = new Windows(left, right);
            for (String column : columns) {
                FileColumn a = left.column(left.schema().indexOf(column));
                FileColumn b = right.column(right.schema().indexOf(column));
                if (isOneForm(left, a, right, b) && windows.hold(a, b)) {
                    alike.add(column);
                }
            }
        }
        return alike;
    }

    private static boolean haveSameGroups(List<BlockMetaData> left, List<BlockMetaData> right) {
        boolean same = left.size() == right.size();
        for (int i = 0; same && i < left.size(); i++) {
            same = left.get(i).getRowCount() == right.get(i).getRowCount();
        }
        return same;
    }

    private static boolean isOneForm(ParquetFile left, FileColumn a, ParquetFile right, FileColumn b) {
        return a.column().type().equals(b.column().type())
                && a.type().equals(b.type())
                && left.exactValues(a.index()).isEmpty()
                && right.exactValues(b.index()).isEmpty();
    }

    /** The bytes of both files at hand. */
    private static final class Windows {
        private final ParquetFile left;
        private final ParquetFile right;
        private byte[] lefts = new byte[FIRST_WINDOW];
        private byte[] rights = new byte[FIRST_WINDOW];

        Windows(ParquetFile left, ParquetFile right) {
            this.left = left;
            this.right = right;
        }

        /** Checks whether two columns are the same bytes. */
        boolean hold(FileColumn a, FileColumn b) {
            for (int group = 0; group < left.rowGroups().size(); group++) {
                ColumnChunkMetaData one =
                        left.rowGroups().get(group).getColumns().get(a.index());
                ColumnChunkMetaData two =
                        right.rowGroups().get(group).getColumns().get(b.index());
                if (one.getCodec() != two.getCodec()
                        || one.getTotalSize() != two.getTotalSize()
                        || one.getValueCount() != two.getValueCount()
                        || !hold(one.getStartingPos(), two.getStartingPos(), one.getTotalSize())) {
                    return false;
                }
            }
            return true;
        }

        private boolean hold(long leftStart, long rightStart, long size) {
            int window = FIRST_WINDOW;
            for (long done = 0; done < size; ) {
                int length = (int) Math.min(window, size - done);
                if (lefts.length < length) {
                    lefts = new byte[WINDOW];
                    rights = new byte[WINDOW];
                }
                left.bytes().read(leftStart + done, lefts, 0, length);
                right.bytes().read(rightStart + done, rights, 0, length);
                if (!Arrays.equals(lefts, 0, length, rights, 0, length)) {
                    return false;
                }
                done += length;
                window = WINDOW;
            }
            return true;
        }
    }
}
