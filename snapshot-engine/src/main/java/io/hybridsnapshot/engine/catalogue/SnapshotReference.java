package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowSource;
import java.time.Instant;
import java.util.Objects;

/** Names rows to load or to compare. Implementations are immutable. */
public sealed interface SnapshotReference {
    /** The partition's current snapshot in the window. */
    record Current() implements SnapshotReference {
        @Override
        public String toString() {
            return "current";
        }
    }

    /** The newest snapshot before the current one: in the window, else in the archive. */
    record Previous() implements SnapshotReference {
        @Override
        public String toString() {
            return "previous";
        }
    }

    /** A snapshot by its batch id: in the window, else in the archive. */
    record ById(SnapshotId id) implements SnapshotReference {
        public ById {
            Objects.requireNonNull(id, "id");
        }

        @Override
        public String toString() {
            return "snapshot " + id;
        }
    }

    /** An archive by its number. */
    record ByArchive(ArchiveId id) implements SnapshotReference {
        public ByArchive {
            Objects.requireNonNull(id, "id");
        }

        @Override
        public String toString() {
            return "archive " + id;
        }
    }

    /** The partition's newest archive dated at this moment or before. */
    record AsOf(Instant moment) implements SnapshotReference {
        public AsOf {
            Objects.requireNonNull(moment, "moment");
        }

        @Override
        public String toString() {
            return "the state as of " + moment;
        }
    }

    /** The partition's newest archive that is at least this number of days old (of 24 hours). */
    record DaysBack(int days) implements SnapshotReference {
        public DaysBack {
            if (days < 0) {
                throw SnapshotException.invalidRequest("days back cannot be negative")
                        .actual(days)
                        .expected("0 or more")
                        .build();
            }
        }

        @Override
        public String toString() {
            return Counted.of(days, "day") + " back";
        }
    }

    /**
     * The partition's newest archive with a tag.
     *
     * @param name the tag's name; not empty
     * @param value the tag's value
     */
    record ByTag(String name, String value) implements SnapshotReference {
        public ByTag {
            Objects.requireNonNull(value, "value");
            if (name.isEmpty()) {
                throw SnapshotException.invalidRequest("a tag has no name")
                        .actual("'=" + value + "'")
                        .expected("a name and a value")
                        .build();
            }
        }

        @Override
        public String toString() {
            return "tag " + name + "=" + value;
        }
    }

    /** The rows that a source has now. */
    record OfSource(RowSource source) implements SnapshotReference {
        public OfSource {
            Objects.requireNonNull(source, "source");
        }

        @Override
        public String toString() {
            return source.description();
        }
    }
}
