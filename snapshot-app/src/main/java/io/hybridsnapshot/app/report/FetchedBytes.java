package io.hybridsnapshot.app.report;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.archive.FetchListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the bytes fetched from each opened archive, in the order of the first opening. Thread-safe. */
public final class FetchedBytes implements FetchListener {
    private final Map<ArchiveId, Count> counts = new LinkedHashMap<>();

    private record Count(long length, long bytes, long reads) {}

    /** A counter at zero. */
    public FetchedBytes() {}

    @Override
    public synchronized void opened(ArchiveId archive, long length) {
        counts.merge(
                archive,
                new Count(length, 0, 0),
                (known, fresh) -> new Count(fresh.length(), known.bytes(), known.reads()));
    }

    @Override
    public synchronized void fetched(ArchiveId archive, long bytes) {
        Count count = counts.getOrDefault(archive, new Count(bytes, 0, 0));
        counts.put(archive, new Count(count.length(), count.bytes() + bytes, count.reads() + 1));
    }

    /** One line per archive: {@code archive 12: 1.2 MB of 38.4 MB fetched in 9 reads}. Bytes read twice count twice. */
    public synchronized List<String> lines() {
        return counts.entrySet().stream()
                .map(entry -> "archive " + entry.getKey() + ": "
                        + Amounts.size(entry.getValue().bytes()) + " of "
                        + Amounts.size(entry.getValue().length()) + " fetched in "
                        + Amounts.counted(entry.getValue().reads(), "read"))
                .toList();
    }
}
