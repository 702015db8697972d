package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the texts by which users name snapshots and moments. Stateless. */
public final class References {
    /** The forms of a reference, for help texts. */
    public static final String FORMS =
            "current, previous, source, source:FILE, archive:N, id:UUID, tag:NAME=VALUE (the newest archive"
                    + " so tagged), a date or moment"
                    + " (the newest archive until then; a plain date counts to its end, UTC), or 7d (at least 7"
                    + " days old)";

    /** The forms of a reference to a stored snapshot, for help texts and errors. */
    public static final String STORED_FORMS =
            "current, previous, archive:N, id:UUID, tag:NAME=VALUE, a date or moment, or 7d";

    private static final String SOURCE_FILE = "source:";
    private static final Pattern DAYS = Pattern.compile("(\\d{1,6})d");
    private static final Pattern ARCHIVE = Pattern.compile("archive:(\\d{1,18})");

    /** A name ends at the first equals sign, as in the option that sets a tag. */
    private static final Pattern TAG = Pattern.compile("tag:([^=]+)=(.*)", Pattern.DOTALL);

    private References() {}

    /** A stored snapshot. */
    public static SnapshotReference stored(String text) {
        Optional<SnapshotReference> reference = find(text);
        return reference.orElseThrow(() -> unknown(text, STORED_FORMS));
    }

    /** A stored snapshot, or a source. The dataset is requested only if its source is meant. */
    public static SnapshotReference any(
            String text, Supplier<DefinedDataset> dataset, RowSources sources, Path directory) {
        if (text.equals("source")) {
            DefinedDataset defined = dataset.get();
            return new SnapshotReference.OfSource(sources.of(defined.dataset().name(), defined.section()));
        }
        if (text.startsWith(SOURCE_FILE)) {
            DefinedDataset defined = dataset.get();
            DatasetSection section = DatasetSection.of(
                    RowSources.ofFile(directory.resolve(text.substring(SOURCE_FILE.length()))),
                    defined.section().key());
            return new SnapshotReference.OfSource(
                    sources.of(defined.dataset().name(), defined.section().overriddenBy(section)));
        }
        return find(text).orElseThrow(() -> unknown(text, FORMS));
    }

    /** The file that a state names. */
    public static Optional<Path> sourceFile(String text, Path directory) {
        return text.startsWith(SOURCE_FILE)
                ? Optional.of(directory.resolve(text.substring(SOURCE_FILE.length())))
                : Optional.empty();
    }

    private static Optional<SnapshotReference> find(String text) {
        if (text.equals("current")) {
            return Optional.of(new SnapshotReference.Current());
        }
        if (text.equals("previous")) {
            return Optional.of(new SnapshotReference.Previous());
        }
        if (text.startsWith("id:")) {
            return Optional.of(new SnapshotReference.ById(id(text.substring("id:".length()))));
        }
        Matcher tag = TAG.matcher(text);
        if (tag.matches()) {
            return Optional.of(new SnapshotReference.ByTag(tag.group(1), tag.group(2)));
        }
        Matcher archive = ARCHIVE.matcher(text);
        if (archive.matches()) {
            return Optional.of(new SnapshotReference.ByArchive(new ArchiveId(Long.parseLong(archive.group(1)))));
        }
        Matcher days = DAYS.matcher(text);
        if (days.matches()) {
            return Optional.of(new SnapshotReference.DaysBack(Integer.parseInt(days.group(1))));
        }
        return date(text).map(References::endOfDay).or(() -> moment(text)).map(SnapshotReference.AsOf::new);
    }

    private static SnapshotId id(String text) {
        try {
            return SnapshotId.parse(text);
        } catch (SnapshotException e) {
            throw SnapshotException.of(e.kind(), e.problem())
                    .actual(e.actual().orElse(text))
                    .expected(e.expected().orElse("a UUID"))
                    .nextStep("{0} shows the ids", CommonRemedy.LIST)
                    .cause(e)
                    .build();
        }
    }

    /**
     * The moment of an option: an ISO date (its start), date and time (UTC), or either with a zone.
     *
     * @throws SnapshotException INVALID_REQUEST for anything else
     */
    public static Instant moment(String option, String text) {
        return date(text)
                .map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant())
                .or(() -> moment(text))
                .orElseThrow(() -> SnapshotException.invalidRequest("option " + option)
                        .actual("'" + text + "'")
                        .expected("a date or moment such as 2026-09-27, 2026-09-27T08:15 or 2026-09-27T08:15:00Z (UTC)")
                        .build());
    }

    /**
     * The first moment of a period: as {@link #moment(String, String)}, or a number of days before now ({@code 7d}).
     *
     * @throws SnapshotException INVALID_REQUEST for any other text
     */
    public static Instant start(String option, String text, Instant now) {
        return ago(text, now)
                .or(() -> date(text).map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant()))
                .orElseGet(() -> edge(option, text));
    }

    /**
     * The last moment of a period: a date counts to its end.
     *
     * @throws SnapshotException INVALID_REQUEST for a text that {@link #start} does not accept
     */
    public static Instant end(String option, String text, Instant now) {
        return ago(text, now).or(() -> date(text).map(References::endOfDay)).orElseGet(() -> edge(option, text));
    }

    private static Instant edge(String option, String text) {
        return moment(text)
                .orElseThrow(() -> SnapshotException.invalidRequest("option " + option)
                        .actual("'" + text + "'")
                        .expected("a date or moment such as 2026-09-27 or 2026-09-27T08:15 (UTC), or days back"
                                + " such as 7d")
                        .build());
    }

    private static Optional<Instant> ago(String text, Instant now) {
        Matcher days = DAYS.matcher(text);
        return days.matches()
                ? Optional.of(now.minus(Integer.parseInt(days.group(1)), ChronoUnit.DAYS))
                : Optional.empty();
    }

    private static Instant endOfDay(LocalDate day) {
        return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().minus(1, ChronoUnit.MICROS);
    }

    /** The day of a text such as 2026-09-27, of a year that every store can keep; empty for anything else. */
    public static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text)).filter(day -> isKept(day.getYear()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> moment(String text) {
        String iso = text.replace(' ', 'T');
        try {
            return Optional.of(OffsetDateTime.parse(iso))
                    .filter(moment -> isKept(moment.getYear()))
                    .map(OffsetDateTime::toInstant);
        } catch (DateTimeException e) {
            try {
                return Optional.of(LocalDateTime.parse(iso))
                        .filter(moment -> isKept(moment.getYear()))
                        .map(moment -> moment.toInstant(ZoneOffset.UTC));
            } catch (DateTimeException notLocal) {
                return Optional.empty();
            }
        }
    }

    /** Whether every store can keep dates of a year: SQL Server keeps those of four digits. */
    private static boolean isKept(int year) {
        return year >= 1 && year <= 9999;
    }

    private static SnapshotException unknown(String text, String expected) {
        return SnapshotException.invalidRequest("not a reference to a snapshot")
                .actual("'" + text + "'")
                .expected(expected)
                .build();
    }
}
