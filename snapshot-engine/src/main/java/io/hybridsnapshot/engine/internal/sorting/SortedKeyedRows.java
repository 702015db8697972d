package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.PriorityQueue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sorted rows of one snapshot: readable any number of times, each time within the memory of one buffer a run. Valid
 * until its sorter is closed.
 */
public final class SortedKeyedRows {
    private static final int PAIRS_A_DIGEST = 512;
    private static final int PAIR_BYTES = 48;

    /** No rows. */
    public static final SortedKeyedRows NONE = new SortedKeyedRows(List.of(), 0);

    private final List<SortedRun> runs;
    private final long size;

    SortedKeyedRows(List<SortedRun> runs, long size) {
        this.runs = runs;
        this.size = size;
    }

    /** Returns the number of rows. */
    public long size() {
        return size;
    }

    /**
     * Opens the rows in order of their identities; rows of one identity are in order of their ordinals. The caller
     * closes the cursor.
     */
    public KeyedRowCursor open() {
        return new MergeCursor(runs);
    }

    /**
     * Rows that share an identity.
     *
     * @param count how many rows there are beyond the first of each identity
     * @param examples the first offenders
     */
    public record Duplicates(long count, List<Duplicate> examples) {
        public Duplicates {
            examples = List.copyOf(examples);
        }

        /** Checks whether every identity is there once. */
        public boolean isEmpty() {
            return count == 0;
        }
    }

    /**
     * Two rows of one identity.
     *
     * @param identity the identity
     * @param firstOrdinal position of the first row in its stream
     * @param secondOrdinal position of the second row in its stream
     */
    public record Duplicate(UUID identity, long firstOrdinal, long secondOrdinal) {}

    /** The results of one walk over the rows. */
    public record Inspection(Fingerprint fingerprint, Duplicates duplicates) {}

    /** Which identities are wanted. */
    @FunctionalInterface
    public interface IdentityFilter {
        /** Checks whether rows of this identity are wanted. */
        boolean takes(long identityHigh, long identityLow);
    }

    /** Computes the fingerprint over the rows with wanted identities. */
    public Fingerprint fingerprint(IdentityFilter filter) {
        PairDigest pairs = new PairDigest();
        try (KeyedRowCursor rows = open()) {
            while (rows.next()) {
                if (filter.takes(rows.identityHigh(), rows.identityLow())) {
                    pairs.add(rows);
                }
            }
        }
        return pairs.fingerprint();
    }

    /**
     * Computes the fingerprint and finds identities that occur twice. The result names up to {@code exampleLimit} of
     * them.
     */
    public Inspection inspect(int exampleLimit) {
        PairDigest pairs = new PairDigest();
        long duplicates = 0;
        List<Duplicate> examples = new ArrayList<>();
        try (KeyedRowCursor rows = open()) {
            long high = 0;
            long low = 0;
            long first = -1;
            while (rows.next()) {
                if (first >= 0 && rows.identityHigh() == high && rows.identityLow() == low) {
                    duplicates++;
                    if (examples.size() < exampleLimit) {
                        examples.add(new Duplicate(new UUID(high, low), first, rows.ordinal()));
                    }
                } else {
                    first = rows.ordinal();
                }
                high = rows.identityHigh();
                low = rows.identityLow();
                pairs.add(rows);
            }
        }
        return new Inspection(pairs.fingerprint(), new Duplicates(duplicates, examples));
    }

    /** SHA-256 over pairs of identity and hash. */
    private static final class PairDigest {
        private final MessageDigest digest = Sha256.digest();
        private final ByteBuffer pairs = ByteBuffer.allocate(PAIRS_A_DIGEST * PAIR_BYTES);

        void add(KeyedRowCursor row) {
            pairs.putLong(row.identityHigh()).putLong(row.identityLow());
            for (int word = 0; word < 4; word++) {
                pairs.putLong(row.hashWord(word));
            }
            if (!pairs.hasRemaining()) {
                digest.update(pairs.array());
                pairs.clear();
            }
        }

        Fingerprint fingerprint() {
            digest.update(pairs.array(), 0, pairs.position());
            return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
        }
    }

    /** Merges the runs. */
    private static final class MergeCursor implements KeyedRowCursor {
        private static final Comparator<SortedRun.Reader> ORDER = (a, b) -> {
            int identity = RecordOrder.compare(a.record[0], a.record[1], b.record[0], b.record[1]);
            return identity != 0 ? identity : Long.compare(a.record[6], b.record[6]);
        };

        private final PriorityQueue<SortedRun.Reader> readers;
        private final List<SortedRun.Reader> opened = new ArrayList<>();
        private SortedRun.@Nullable Reader current;

        MergeCursor(List<SortedRun> runs) {
            this.readers = new PriorityQueue<>(Math.max(1, runs.size()), ORDER);
            for (SortedRun run : runs) {
                SortedRun.Reader reader = run.open();
                opened.add(reader);
                if (reader.next()) {
                    readers.add(reader);
                }
            }
        }

        @Override
        public boolean next() {
            if (current != null && current.next()) {
                // One run left, the common case, needs no queue.
                if (readers.isEmpty() || ORDER.compare(current, readers.peek()) <= 0) {
                    return true;
                }
                readers.add(current);
            }
            current = readers.poll();
            return current != null;
        }

        private SortedRun.Reader at() {
            SortedRun.Reader reader = current;
            if (reader == null) {
                throw new IllegalStateException("the cursor is at no row");
            }
            return reader;
        }

        @Override
        public long identityHigh() {
            return at().record[0];
        }

        @Override
        public long identityLow() {
            return at().record[1];
        }

        @Override
        public long hashWord(int word) {
            return at().record[2 + word];
        }

        @Override
        public long ordinal() {
            return at().record[6];
        }

        @Override
        public void close() {
            opened.forEach(SortedRun.Reader::close);
        }
    }
}
