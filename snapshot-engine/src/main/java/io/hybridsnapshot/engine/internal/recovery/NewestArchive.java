package io.hybridsnapshot.engine.internal.recovery;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds the newest archive of a query that passes a test of the caller. It asks the store for a few archives first, and
 * for more only while none of them passes. Stateless.
 */
public final class NewestArchive {
    private static final int FIRST = 4;
    private static final int GROWTH = 8;

    private NewestArchive() {}

    /**
     * Returns the first result, newest archive first.
     *
     * @param query the archives to test; a limit of its own is replaced
     * @param test returns the result for an archive; empty: the archive does not pass. Called once for each archive
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the store cannot be reached
     */
    public static <T> Optional<T> find(
            ArchiveStore store, ArchiveQuery query, Function<ArchivedSnapshot, Optional<T>> test) {
        Set<ArchiveId> tested = new HashSet<>();
        for (int count = FIRST; ; count = Math.multiplyExact(count, GROWTH)) {
            List<ArchivedSnapshot> archives = store.list(query.newest(count));
            for (ArchivedSnapshot archive : archives) {
                Optional<T> result = tested.add(archive.id()) ? test.apply(archive) : Optional.empty();
                if (result.isPresent()) {
                    return result;
                }
            }
            if (archives.size() < count) {
                return Optional.empty();
            }
        }
    }
}
