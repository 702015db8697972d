package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the archives that a verification opens, and the order of its slow tasks. Every archive has a number between 0
 * and 1. The number is made from the first eight bytes of SHA-256 over a UTF-8 text: {@code hybrid-snapshots sample 1},
 * line feed, the seed, line feed, the archive's number (both decimal). The bytes are read as an unsigned big-endian
 * number, and its upper 53 bits are divided by 2<sup>53</sup>. Archives below the share are taken, in ascending order;
 * if there are none, the one with the smallest number is taken. A choice can therefore be repeated, and other archives
 * that come or go do not change it. The {@link #place order} is drawn independently of the choice. Immutable.
 *
 * @param share more than 0, at most 1; 1 takes all
 * @param seed determines the choice; another seed is another choice and another order
 */
public record Sampling(double share, long seed) {
    /** Every archive, in the order of seed 0. */
    public static final Sampling ALL = new Sampling(1, 0);

    public Sampling {
        if (!(share > 0 && share <= 1)) {
            throw SnapshotException.invalidRequest("not a share of the archives")
                    .actual(share)
                    .expected("more than 0, at most 1")
                    .build();
        }
    }

    /** Returns the chosen archives, in ascending order of their numbers. */
    public List<ArchiveId> choose(List<ArchiveId> archives) {
        List<Numbered> ordered = archives.stream()
                .map(id -> new Numbered(id, number(id)))
                .sorted(Comparator.comparingDouble(Numbered::number)
                        .thenComparingLong(numbered -> numbered.id().value()))
                .toList();
        long taken = ordered.stream()
                .filter(numbered -> share == 1 || numbered.number() < share)
                .count();
        return ordered.stream().limit(Math.max(1, taken)).map(Numbered::id).toList();
    }

    private record Numbered(ArchiveId id, double number) {}

    /**
     * Returns the place of a task in the order of this seed: at least 0, less than 1, and practically drawn anew for
     * every seed. A time limit that is always too short therefore cuts off other tasks with every seed. The number is
     * made like those of archives, over {@code hybrid-snapshots order 1}, the seed and the name.
     *
     * @param name names the task, for example {@code digest of archive 12}
     */
    public double place(String name) {
        return number("hybrid-snapshots order 1", name);
    }

    /**
     * Returns datasets in the order in which a run verifies them. Another seed puts another dataset first, so that a
     * time limit that is too short does not leave out the same dataset every time.
     */
    public List<String> ordered(Collection<String> datasets) {
        return datasets.stream()
                .sorted(Comparator.comparingDouble(dataset -> place("dataset " + dataset)))
                .toList();
    }

    private double number(ArchiveId id) {
        return number("hybrid-snapshots sample 1", Long.toString(id.value()));
    }

    private double number(String form, String name) {
        byte[] digest = Sha256.digest().digest((form + "\n" + seed + "\n" + name).getBytes(StandardCharsets.UTF_8));
        long bits = ByteBuffer.wrap(digest).getLong();
        // A double holds the upper 53 bits.
        return (bits >>> 11) * 0x1p-53;
    }
}
