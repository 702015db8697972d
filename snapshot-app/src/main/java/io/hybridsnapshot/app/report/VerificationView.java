package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.verification.Coverage;
import io.hybridsnapshot.engine.verification.Finding;
import io.hybridsnapshot.engine.verification.LeftOut;
import io.hybridsnapshot.engine.verification.Severity;
import io.hybridsnapshot.engine.verification.VerificationReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Verifications, for people and for programs. Stateless. */
public final class VerificationView {
    private static final int NAMED_ARCHIVES = 5;

    /** Room for a message, with some values in it. */
    private static final int DETAIL = 1_000;

    private VerificationView() {}

    /** The checks that ran, the checks that did not, and every finding with its next step. */
    public static List<String> lines(VerificationReport report) {
        List<String> lines = new ArrayList<>();
        report.coverage().forEach(coverage -> lines.add("  " + pad(coverage.level()) + coverage(coverage, report)));
        for (LeftOut left : report.leftOut()) {
            lines.add("  " + pad(left.level()) + "left out: " + Amounts.count(left.count()) + " "
                    + left.reason().text(left.count()) + examples(left.archives()));
        }
        for (Finding finding : report.findings()) {
            lines.add("");
            lines.add(finding.severity() + " " + finding.type() + ": "
                    + finding.archive().map(id -> "archive " + id + ", ").orElse("") + "partition "
                    + DisplayText.escaped(finding.partition().name()));
            lines.add("  " + SafeText.cut(CommandWording.text(finding.text()), DETAIL));
            lines.add(
                    "  Next: " + SafeText.cut(CommandWording.text(finding.type().nextStepText()), DETAIL));
        }
        if (!report.findings().isEmpty()) {
            lines.add("");
        }
        return lines;
    }

    private static String pad(Object level) {
        return String.format(Locale.ROOT, "%-10s", level.toString().toLowerCase(Locale.ROOT));
    }

    private static String coverage(Coverage coverage, VerificationReport report) {
        String of = Amounts.count(coverage.checked()) + " of ";
        return switch (coverage.level()) {
            case CATALOGUE ->
                of + Amounts.counted(coverage.known(), "record") + ", "
                        + Amounts.counted(report.heads().size(), "chain");
            case CROSS -> of + Amounts.counted(coverage.known(), "snapshot") + " of the window";
            case DIGEST -> of + Amounts.counted(coverage.known(), "archive") + ", " + Amounts.size(coverage.bytes());
            case CONTENT ->
                of + Amounts.counted(coverage.known(), "archive") + ", " + Amounts.size(coverage.bytes()) + ", "
                        + Amounts.counted(coverage.rows(), "row") + ", those of the window included";
        };
    }

    private static String examples(List<ArchiveId> archives) {
        if (archives.isEmpty()) {
            return "";
        }
        List<String> named =
                archives.stream().limit(NAMED_ARCHIVES).map(ArchiveId::toString).toList();
        return " (" + String.join(", ", named) + (archives.size() > NAMED_ARCHIVES ? ", …" : "") + ")";
    }

    /** The number of findings by severity: {@code 2 errors, 1 warning}. */
    public static String summary(long errors, long warnings) {
        if (errors == 0 && warnings == 0) {
            return "nothing found";
        }
        return Amounts.counted(errors, "error") + ", " + Amounts.counted(warnings, "warning");
    }

    /** A verification as a document. */
    public static Map<String, Object> json(VerificationReport report) {
        return Json.object(
                "dataset", report.dataset(),
                "partition", report.partition(),
                "errors", report.count(Severity.ERROR),
                "warnings", report.count(Severity.WARNING),
                "findings",
                        report.findings().stream().map(VerificationView::json).toList(),
                "coverage",
                        report.coverage().stream().map(VerificationView::json).toList(),
                "leftOut", report.leftOut().stream().map(VerificationView::json).toList(),
                "heads", report.heads().stream().map(VerificationView::json).toList(),
                "seconds", report.elapsed().toMillis() / 1_000.0);
    }

    private static Map<String, Object> json(Finding finding) {
        return Json.object(
                "severity", finding.severity(),
                "type", finding.type(),
                "level", finding.type().level(),
                "partition", finding.partition(),
                "archive", finding.archive().map(id -> (Object) id.value()),
                "id", finding.snapshot(),
                "detail", CommandWording.text(finding.text()),
                "nextStep", CommandWording.text(finding.type().nextStepText()));
    }

    private static Map<String, Object> json(Coverage coverage) {
        return Json.object(
                "level", coverage.level(),
                "checked", coverage.checked(),
                "known", coverage.known(),
                "rows", coverage.rows(),
                "bytes", coverage.bytes());
    }

    private static Map<String, Object> json(LeftOut left) {
        return Json.object(
                "level", left.level(),
                "reason", left.reason(),
                "count", left.count(),
                "archives", left.archives().stream().map(ArchiveId::value).toList());
    }

    /** The end of a chain as a document. */
    public static Map<String, Object> json(ChainHead head) {
        return Json.object(
                "dataset", head.dataset(),
                "partition", head.partition(),
                "number", head.number(),
                "digest", head.digest());
    }
}
