package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The bounds of the period of requested snapshots. */
public final class PeriodOptions {
    @Option(
            names = "--since",
            paramLabel = "WHEN",
            order = 30,
            description = "Dated at this time or later: a date (from its start), a moment, or 7d (7 times 24 hours "
                    + "ago); UTC.")
    private String since;

    @Option(
            names = "--until",
            paramLabel = "WHEN",
            order = 31,
            description = "Dated at this time or earlier: a date (to its end), a moment, or 7d; UTC.")
    private String until;

    public boolean isEmpty() {
        return since == null && until == null;
    }

    public Optional<Instant> from(Instant now) {
        return Optional.ofNullable(since).map(text -> References.start("--since", text, now));
    }

    public Optional<Instant> to(Instant now) {
        return Optional.ofNullable(until).map(text -> References.end("--until", text, now));
    }

    /** A query narrowed to the period. */
    public ArchiveQuery narrow(ArchiveQuery query, Instant now) {
        ArchiveQuery from = from(now).map(query::since).orElse(query);
        return to(now).map(from::until).orElse(from);
    }
}
