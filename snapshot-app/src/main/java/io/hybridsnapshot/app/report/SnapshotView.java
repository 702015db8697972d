package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.config.TimeZones;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.TagNote;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.PartitionStatistics;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Snapshots, archives, statistics and plans as lines for people and as documents for programs. Stateless. */
public final class SnapshotView {
    private static final String NONE = "-";
    /**
     * Users have to type a name back, so it is shown completely. Only control characters make a name longer than this.
     */
    private static final int PARTITION_WIDTH = 255;

    private static final int STATE_WIDTH = Arrays.stream(SnapshotState.values())
            .mapToInt(state -> state.name().length())
            .max()
            .orElseThrow();

    /** Room for a message, with some values in it. */
    private static final int REASON = 1_000;

    private static final int TAGS_WIDTH = 60;
    private static final int HOLD_WIDTH = 40;

    private SnapshotView() {}

    /** The window's snapshots as a table. */
    public static List<String> window(
            List<WindowSnapshot> snapshots, Function<WindowSnapshot, Optional<AwaitedArchive>> awaited) {
        TextTable table = new TextTable("  ")
                .text("partition", PARTITION_WIDTH)
                .text("state", STATE_WIDTH)
                .text("date (UTC)", 19)
                .number("rows")
                .number("archive")
                .text("id", 36);
        for (WindowSnapshot snapshot : snapshots) {
            table.row(
                    snapshot.partition(),
                    snapshot.state(),
                    Amounts.date(snapshot.date()),
                    Amounts.count(snapshot.rowCount()),
                    snapshot.archiveId()
                            .map(Object::toString)
                            .or(() -> awaited.apply(snapshot).map(SnapshotView::waiting))
                            .orElse(NONE),
                    snapshot.id().map(Object::toString).orElse("(foreign)"));
        }
        return table.lines();
    }

    private static String waiting(AwaitedArchive where) {
        return where == AwaitedArchive.LOST ? "lost" : "waits";
    }

    /** Archives as a table. */
    public static List<String> archives(List<ArchivedSnapshot> archives) {
        return archives(archives, Map.of(), Set.of());
    }

    /**
     * Archives as a table. Holds, redactions and orphans have columns if there are any.
     *
     * @param redactions the number of erasures of rows per archive
     * @param orphans the archives that belong to no snapshot
     */
    public static List<String> archives(
            List<ArchivedSnapshot> archives, Map<ArchiveId, Long> redactions, Set<ArchiveId> orphans) {
        boolean held = archives.stream().anyMatch(archive -> archive.hold().isPresent());
        boolean orphaned = archives.stream().anyMatch(archive -> orphans.contains(archive.id()));
        boolean redacted = archives.stream().anyMatch(archive -> redactions.containsKey(archive.id()));
        TextTable table = new TextTable("  ")
                .number("archive")
                .text("partition", PARTITION_WIDTH)
                .text("date (UTC)", 19)
                .number("rows")
                .number("columns")
                .number("size")
                .number("ratio");
        if (redacted) {
            table.number("redacted");
        }
        if (held) {
            table.text("hold", HOLD_WIDTH);
        }
        if (orphaned) {
            table.text("snapshot", 8);
        }
        table.text("tags", TAGS_WIDTH);
        for (ArchivedSnapshot archive : archives) {
            List<Object> cells = new ArrayList<>(List.of(
                    archive.id(),
                    archive.partition(),
                    Amounts.date(archive.date()),
                    count(archive.rowCount()),
                    archive.columnCount().isPresent() ? archive.columnCount().getAsInt() : NONE,
                    Amounts.size(archive.size()),
                    ratio(archive.compressionRatio())));
            if (redacted) {
                cells.add(redactions.containsKey(archive.id()) ? redactions.get(archive.id()) + "x" : "");
            }
            if (held) {
                cells.add(archive.hold().map(Hold::toString).orElse(""));
            }
            if (orphaned) {
                cells.add(orphans.contains(archive.id()) ? "orphaned" : "");
            }
            cells.add(tags(archive.tags()));
            table.row(cells.toArray());
        }
        return table.lines();
    }

    /** The tombstones of removed archives as a table. */
    public static List<String> tombstones(List<Tombstone> tombstones) {
        TextTable table = new TextTable("  ")
                .number("archive")
                .text("partition", PARTITION_WIDTH)
                .text("date (UTC)", 19)
                .number("rows")
                .number("size")
                .text("removed (UTC)", 19)
                .text("by", 24)
                .text("reason", 40)
                .text("tags", TAGS_WIDTH);
        for (Tombstone tombstone : tombstones) {
            ArchivedSnapshot archive = tombstone.archive();
            table.row(
                    archive.id(),
                    archive.partition(),
                    Amounts.date(archive.date()),
                    count(archive.rowCount()),
                    Amounts.size(archive.size()),
                    Amounts.date(tombstone.removedAt()),
                    tombstone.removedBy(),
                    tombstone.reason().orElse(NONE),
                    tags(archive.tags()));
        }
        return table.lines();
    }

    /** Audit records of redactions as a table. */
    public static List<String> redactions(List<Redaction> redactions) {
        TextTable table = new TextTable("  ")
                .number("archive")
                .text("partition", PARTITION_WIDTH)
                .number("rows erased")
                .text("redacted (UTC)", 19)
                .text("by", 24)
                .text("reason", 60);
        for (Redaction redaction : redactions) {
            table.row(
                    redaction.archive(),
                    redaction.partition(),
                    Amounts.count(redaction.erasedRows()),
                    Amounts.date(redaction.at()),
                    redaction.by(),
                    redaction.reason());
        }
        return table.lines();
    }

    /** Later changes of tags as a table. */
    public static List<String> tagNotes(List<TagNote> notes) {
        TextTable table = new TextTable("  ")
                .number("archive")
                .text("partition", PARTITION_WIDTH)
                .text("tagged (UTC)", 19)
                .text("by", 24)
                .text("tag", TAGS_WIDTH)
                .text("before", TAGS_WIDTH)
                .text("after", TAGS_WIDTH);
        for (TagNote note : notes) {
            table.row(
                    note.archive(),
                    note.partition(),
                    Amounts.date(note.at()),
                    note.by(),
                    note.name(),
                    note.before().orElse(NONE),
                    note.after().orElse(NONE));
        }
        return table.lines();
    }

    /** The columns of a snapshot as a table. */
    public static List<String> columns(Schema schema) {
        TextTable table = new TextTable("  ").number("#").text("column", 60).text("type", 20);
        int position = 1;
        for (Column column : schema.columns()) {
            table.row(position++, column.name(), column.type());
        }
        return table.lines();
    }

    /** Statistics as a table. */
    public static List<String> statistics(List<PartitionStatistics> statistics) {
        TextTable table = new TextTable("  ")
                .text("partition", PARTITION_WIDTH)
                .number("in window")
                .number("rows")
                .text("newest (UTC)", 19)
                .number("archives")
                .number("size")
                .number("ratio")
                .text("oldest (UTC)", 19);
        for (PartitionStatistics partition : statistics) {
            table.row(
                    partition.partition(),
                    partition.windowSnapshots(),
                    Amounts.count(partition.windowRows()),
                    partition.newestInWindow().map(Amounts::date).orElse(NONE),
                    partition.archives(),
                    Amounts.size(partition.archivedBytes()),
                    ratio(partition.averageCompressionRatio()),
                    partition.oldestArchive().map(Amounts::date).orElse(NONE));
        }
        return table.lines();
    }

    /** A clean-up plan as tables: the snapshots that leave the window, and every archive with its rule. */
    public static List<String> plan(RetentionPlan plan) {
        List<String> lines = new ArrayList<>();
        if (!plan.windowSnapshots().isEmpty()) {
            lines.add("Window, to be removed:");
            lines.addAll(window(plan.windowSnapshots(), snapshot -> Optional.empty()));
        }
        TextTable table = new TextTable("  ")
                .text("fate", 6)
                .number("archive")
                .text("partition", PARTITION_WIDTH)
                .text("date (UTC)", 19)
                .number("size")
                .text("rules", 200);
        for (RetentionPlan.Verdict verdict : plan.archives()) {
            ArchivedSnapshot archive = verdict.archive();
            table.row(
                    verdict.fate(),
                    archive.id(),
                    archive.partition(),
                    Amounts.date(archive.date()),
                    Amounts.size(archive.size()),
                    String.join("; ", verdict.rules()));
        }
        if (!table.isEmpty()) {
            lines.add("Archives:");
            lines.addAll(table.lines());
        }
        return lines;
    }

    /** The outcomes of interrupted saves, one line each. */
    public static List<String> recoveries(List<Recovery> recoveries) {
        return recoveries.stream()
                .map(recovery -> "  " + recovery.outcome() + " " + recovery.id() + " (partition "
                        + DisplayText.escaped(recovery.partition().name()) + "): "
                        + SafeText.cut(CommandWording.text(recovery.text()), REASON))
                .toList();
    }

    /** A snapshot of the window as a document. */
    public static Map<String, Object> json(WindowSnapshot snapshot) {
        return Json.object(
                "id", snapshot.id(),
                "dataset", snapshot.dataset(),
                "partition", snapshot.partition(),
                "date", snapshot.date(),
                "rows", snapshot.rowCount(),
                "state", snapshot.state(),
                "attempt", snapshot.attempt(),
                "hashSpec", snapshot.hashSpecId(),
                "fingerprint", snapshot.fingerprint(),
                "archive", snapshot.archiveId().map(id -> (Object) id.value()),
                "archiveAwaited", snapshot.archiveAwaited(),
                "columns", snapshot.schema().map(Schema::size),
                "startedAt", snapshot.startedAt(),
                "publishedAt", snapshot.publishedAt());
    }

    /** An archive as a document. */
    public static Map<String, Object> json(ArchivedSnapshot archive) {
        return Json.object(
                "archive", archive.id().value(),
                "id", archive.snapshotId(),
                "dataset", archive.dataset(),
                "sourceDatabase", archive.sourceDatabase(),
                "partition", archive.partition(),
                "date", archive.date(),
                "rows", archive.rowCount(),
                "columns", archive.columnCount(),
                "bytes", archive.size(),
                "uncompressedBytes", archive.uncompressedSize(),
                "compressionRatio", archive.compressionRatio(),
                "schemaHash", archive.schemaHash(),
                "hashSpec", archive.hashSpecId(),
                "fingerprint", archive.fingerprint(),
                "md5", archive.md5(),
                "sha256", archive.sha256(),
                "createdAt", archive.createdAt(),
                "retentionUntil", archive.retentionUntil(),
                "tags", archive.tags(),
                "hold", archive.hold().map(SnapshotView::json),
                "changes", archive.changes().map(SnapshotView::json));
    }

    /** A hold as a document. */
    public static Map<String, Object> json(Hold hold) {
        return Json.object("owner", hold.owner(), "reason", hold.reason(), "until", hold.until());
    }

    /** The changes from the preceding snapshot as a document. */
    public static Map<String, Object> json(DeltaSummary changes) {
        return Json.object(
                "new", changes.added(),
                "changed", changes.changed(),
                "unchanged", changes.unchanged(),
                "deleted", changes.deleted());
    }

    /** The tombstone of a removed archive as a document. */
    public static Map<String, Object> json(Tombstone tombstone) {
        Map<String, Object> document = json(tombstone.archive());
        document.put("removedAt", tombstone.removedAt());
        document.put("removedBy", tombstone.removedBy());
        document.put("removedFor", tombstone.reason());
        return document;
    }

    /** An audit record of a redaction as a document. */
    public static Map<String, Object> json(Redaction redaction) {
        return Json.object(
                "archive",
                redaction.archive().value(),
                "partition",
                redaction.partition(),
                "erasedRows",
                redaction.erasedRows(),
                "at",
                redaction.at(),
                "by",
                redaction.by(),
                "reason",
                redaction.reason());
    }

    /** A later change of a tag as a document. */
    public static Map<String, Object> json(TagNote note) {
        return Json.object(
                "archive", note.archive().value(),
                "partition", note.partition(),
                "tag", note.name(),
                "before", note.before(),
                "after", note.after(),
                "at", note.at(),
                "by", note.by());
    }

    /** Columns as a document. */
    public static List<Map<String, Object>> json(Schema schema) {
        return schema.columns().stream()
                .map(column -> Json.object("column", column.name(), "type", column.type()))
                .toList();
    }

    /** A partition's statistics as a document. */
    public static Map<String, Object> json(PartitionStatistics statistics) {
        return Json.object(
                "partition", statistics.partition(),
                "windowSnapshots", statistics.windowSnapshots(),
                "windowRows", statistics.windowRows(),
                "oldestInWindow", statistics.oldestInWindow(),
                "newestInWindow", statistics.newestInWindow(),
                "archives", statistics.archives(),
                "archivedBytes", statistics.archivedBytes(),
                "averageCompressionRatio", statistics.averageCompressionRatio(),
                "oldestArchive", statistics.oldestArchive(),
                "newestArchive", statistics.newestArchive());
    }

    /** A retention rule as a document. */
    public static Map<String, Object> json(RetentionRule rule) {
        return Json.object(
                "keepCount", rule.keepCount(),
                "keepDays", rule.keepDays(),
                "keepLast", rule.calendar().last(),
                "keepDaily", rule.calendar().daily(),
                "keepWeekly", rule.calendar().weekly(),
                "keepMonthly", rule.calendar().monthly(),
                "keepYearly", rule.calendar().yearly(),
                "timeZone", TimeZones.name(rule.calendar().zone()));
    }

    /** A clean-up plan as a document. */
    public static Map<String, Object> json(RetentionPlan plan) {
        return Json.object(
                "windowSnapshots",
                plan.windowSnapshots().stream().map(SnapshotView::json).toList(),
                "archives",
                plan.archives().stream()
                        .map(verdict -> Json.object(
                                "archive", verdict.archive().id().value(),
                                "partition", verdict.archive().partition(),
                                "date", verdict.archive().date(),
                                "bytes", verdict.archive().size(),
                                "fate", verdict.fate(),
                                "rules", verdict.rules()))
                        .toList());
    }

    /** The outcome of an interrupted save as a document. */
    public static Map<String, Object> json(Recovery recovery) {
        return Json.object(
                "id", recovery.id(),
                "partition", recovery.partition(),
                "outcome", recovery.outcome(),
                "reason", CommandWording.text(recovery.text()));
    }

    /** Tags by their names, with a blank between them. */
    static String tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .reduce((left, right) -> left + " " + right)
                .orElse("");
    }

    private static String count(OptionalLong count) {
        return count.isPresent() ? Amounts.count(count.getAsLong()) : NONE;
    }

    private static String ratio(Optional<Double> ratio) {
        return ratio.map(value -> String.format(Locale.ROOT, "%.2f", value)).orElse(NONE);
    }
}
