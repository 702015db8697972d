package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.redaction.RedactionPlan;
import io.hybridsnapshot.engine.redaction.RedactionResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Redactions as lines for people and as documents for programs; neither shows a key. Stateless. */
public final class RedactionView {
    private static final int PARTITION_WIDTH = 255;
    private static final int MOST_POSITIONS = 10;

    private RedactionView() {}

    /** The findings, archive by archive. Archives without such rows are only counted. */
    public static List<String> lines(RedactionPlan plan) {
        List<String> lines = new ArrayList<>();
        List<RedactionPlan.Finding> found = plan.archives().stream()
                .filter(finding -> finding.verdict() != RedactionPlan.Verdict.CLEAN)
                .toList();
        lines.add("Searched " + Amounts.counted(plan.archives().size(), "archive") + " for "
                + Amounts.counted(plan.keys(), "key") + ": " + Amounts.count(found.size())
                + (found.size() == 1 ? " has such rows." : " have such rows."));
        TextTable table = new TextTable("  ")
                .number("archive")
                .text("partition", PARTITION_WIDTH)
                .text("date (UTC)", 19)
                .number("rows")
                .number("of")
                .text("verdict", 16)
                .text("remark", 60);
        for (RedactionPlan.Finding finding : found) {
            ArchivedSnapshot archive = finding.archive();
            table.row(
                    archive.id(),
                    archive.partition(),
                    Amounts.date(archive.date()),
                    Amounts.count(finding.rows()),
                    archive.rowCount().isPresent()
                            ? Amounts.count(archive.rowCount().getAsLong())
                            : "-",
                    verdict(finding),
                    finding.remark().map(CommandWording::text).orElse(""));
        }
        if (!table.isEmpty()) {
            lines.addAll(table.lines());
        }
        if (!plan.waiting().isEmpty()) {
            lines.add("Files that wait in the outbox with such rows: "
                    + plan.waiting().stream()
                            .map(file -> file.snapshotId().toString())
                            .collect(Collectors.joining(", ")));
        }
        for (RedactionPlan.Unarchived each : plan.unarchived()) {
            lines.add(unarchived(each));
        }
        if (plan.keyTypes().size() > 1) {
            lines.add("The key has other types in some archives ("
                    + plan.keyTypes().stream()
                            .map(types -> types.stream().map(Object::toString).collect(Collectors.joining(",")))
                            .collect(Collectors.joining("; "))
                    + "): the same value may be written in another form there, so give the keys in each form");
        }
        if (plan.hashSpecs().size() > 1) {
            lines.add("The archives were hashed by other rules (" + String.join("; ", plan.hashSpecs())
                    + "): a key that today's rules change, by trimming for example, is to be given in each form");
        }
        plan.archives().stream()
                .filter(finding -> finding.unfitKeys() > 0)
                .forEach(finding -> lines.add(Amounts.counted(finding.unfitKeys(), "key") + " of "
                        + Amounts.count(plan.keys()) + (finding.unfitKeys() == 1 ? " is no value" : " are no values")
                        + " of the key columns of archive " + finding.archive().id() + ", and not found there"));
        if (!plan.unmatchedKeys().isEmpty()) {
            lines.add(Amounts.counted(plan.unmatchedKeys().size(), "key") + " of " + Amounts.count(plan.keys())
                    + " found nowhere: number " + positions(plan.unmatchedKeys()));
        }
        return lines;
    }

    private static String unarchived(RedactionPlan.Unarchived unarchived) {
        WindowSnapshot snapshot = unarchived.snapshot();
        String which = snapshot.id().map(Object::toString).orElse("a foreign writer's") + " (partition '"
                + DisplayText.escaped(snapshot.partition().name()) + "')";
        if (unarchived.isUnfinished()) {
            return "Not searched, as its save is under way or was cut off: " + which;
        }
        return unarchived.rows().isPresent()
                ? "In the window alone, with "
                        + Amounts.counted(unarchived.rows().getAsLong(), "such row") + ": " + which
                : "In the window alone, and not searched: " + which;
    }

    private static String verdict(RedactionPlan.Finding finding) {
        return finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String positions(List<Integer> positions) {
        return positions.stream().limit(MOST_POSITIONS).map(String::valueOf).collect(Collectors.joining(", "))
                + (positions.size() > MOST_POSITIONS ? ", …" : "");
    }

    /** The findings as a document. */
    public static Map<String, Object> json(RedactionPlan plan) {
        return Json.object(
                "keys",
                plan.keys(),
                "unmatchedKeys",
                plan.unmatchedKeys(),
                "archives",
                plan.archives().stream()
                        .map(finding -> Json.object(
                                "archive", finding.archive().id().value(),
                                "partition", finding.archive().partition(),
                                "date", finding.archive().date(),
                                "rows", finding.rows(),
                                "rowsInArchive", finding.archive().rowCount(),
                                "verdict", finding.verdict(),
                                "remark", finding.remark().map(CommandWording::text),
                                "hashSpec", finding.archive().hashSpecId(),
                                "keyTypes", finding.keyTypes(),
                                "unfitKeys", finding.unfitKeys()))
                        .toList(),
                "waiting",
                plan.waiting().stream()
                        .map(file -> Json.object(
                                "id", file.snapshotId(),
                                "partition", file.partition(),
                                "rows", file.rows(),
                                "remark", file.remark().map(CommandWording::text)))
                        .toList(),
                "unarchived",
                plan.unarchived().stream()
                        .map(each -> Json.object(
                                "id", each.snapshot().id(),
                                "partition", each.snapshot().partition(),
                                "date", each.snapshot().date(),
                                "state", each.snapshot().state(),
                                "startedAt", each.snapshot().startedAt(),
                                "rows", each.rows()))
                        .toList(),
                "refusal",
                plan.refusal()
                        .map(refusal ->
                                Json.object("kind", refusal.kind(), "message", CommandWording.message(refusal))));
    }

    /** An archive that was rewritten as a document. */
    public static Map<String, Object> json(RedactionResult.Rewritten rewritten) {
        ArchivedSnapshot archive = rewritten.archive();
        return Json.object(
                "archive", archive.id().value(),
                "erasedRows", rewritten.erasedRows(),
                "rows", archive.rowCount(),
                "bytes", archive.size(),
                "fingerprint", archive.fingerprint(),
                "sha256", archive.sha256());
    }
}
