package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;

/**
 * A mark that keeps an archive from being removed under any retention rule. Immutable.
 *
 * @param owner the name of the holder; empty where an older holder left no name
 * @param reason why; not blank
 * @param until the first day, in UTC, on which the hold is no longer in force; empty: until it is released
 */
public record Hold(Optional<String> owner, String reason, Optional<LocalDate> until) {
    public Hold {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(until, "until");
        if (reason.isBlank() || owner.filter(String::isBlank).isPresent()) {
            throw SnapshotException.invalidRequest("not a hold")
                    .actual("owner '" + owner.orElse("") + "', reason '" + reason + "'")
                    .expected("an owner and a reason, neither of them blank")
                    .nextStep("state who holds the archive, and why")
                    .build();
        }
    }

    /** Checks whether the hold is in force at a moment. */
    public boolean holdsAt(Instant moment) {
        return until.map(day -> moment.atOffset(ZoneOffset.UTC).toLocalDate().isBefore(day))
                .orElse(true);
    }

    /**
     * Makes the error for another owner that wants to set or end the hold of the archive while this hold is in force.
     *
     * @param wanted the other owner; empty: without a name
     */
    public SnapshotException against(ArchiveId archive, Optional<String> wanted) {
        return SnapshotException.conflict("another owner holds the archive; nothing was changed")
                .where("archive " + archive)
                .actual(this)
                .expected("no hold in force, or one of "
                        + wanted.map(name -> "owner '" + name + "'").orElse("no named owner"))
                .nextStep("ask its owner, or override the hold on purpose")
                .build();
    }

    @Override
    public String toString() {
        return "'" + reason + "'" + owner.map(name -> ", owner " + name).orElse("")
                + until.map(day -> ", until " + day).orElse("");
    }
}
