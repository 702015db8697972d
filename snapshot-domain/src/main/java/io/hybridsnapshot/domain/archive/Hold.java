package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;

/**
 * Somebody's wish that an archive is not removed, whatever retention says. Immutable.
 *
 * @param owner who holds it; empty where an older holder left no name
 * @param reason why; not blank
 * @param until the first day, in UTC, on which it holds no longer; empty: until it is released
 */
public record Hold(Optional<String> owner, String reason, Optional<LocalDate> until) {
    public Hold {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(until, "until");
        if (reason.isBlank() || owner.filter(String::isBlank).isPresent()) {
            throw SnapshotException.invalidRequest("not a hold")
                    .actual("owner '" + owner.orElse("") + "', reason '" + reason + "'")
                    .expected("an owner and a reason")
                    .build();
        }
    }

    /** Whether it holds at a moment. */
    public boolean holdsAt(Instant moment) {
        return until.map(day -> moment.atOffset(ZoneOffset.UTC).toLocalDate().isBefore(day))
                .orElse(true);
    }

    /**
     * The error that this hold, which is in force, keeps another owner from setting or ending the hold of its archive.
     *
     * @param wanted who wants to; empty: without a name
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
