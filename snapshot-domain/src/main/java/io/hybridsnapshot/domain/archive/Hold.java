package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.error.SnapshotException;
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

    @Override
    public String toString() {
        return "'" + reason + "'" + owner.map(name -> ", owner " + name).orElse("")
                + until.map(day -> ", until " + day).orElse("");
    }
}
