package io.hybridsnapshot.app.report;

import io.hybridsnapshot.engine.expectation.ExpectationOutcome;
import io.hybridsnapshot.engine.expectation.Verdict;
import io.hybridsnapshot.report.ReportText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The verdicts on expectations as lines for people and as documents for programs. Stateless. */
public final class ExpectationsView {
    private static final String INDENT = "    ";

    private ExpectationsView() {}

    /** The verdicts as lines that fit a page; none without expectations. Broken rules are marked. */
    static List<String> lines(List<Verdict> verdicts, Page page) {
        if (verdicts.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        long met = verdicts.stream()
                .filter(each -> each.outcome() instanceof ExpectationOutcome.Met)
                .count();
        lines.add("");
        lines.add("  Expectations: " + Amounts.count(met) + " of " + Amounts.count(verdicts.size()) + " met");
        for (Verdict verdict : verdicts) {
            String outcome = String.format("%-14s", ReportText.shownOutcome(verdict));
            String text = DisplayText.escaped(verdict.expectation().text());
            lines.add(INDENT
                    + (verdict.fails() ? page.marked(Page.Mark.REMOVED, outcome) : outcome)
                    + " " + page.fitting(text, 19));
            if (!(verdict.outcome() instanceof ExpectationOutcome.NotApplicable)) {
                lines.addAll(page.wrapped(INDENT.repeat(2) + DisplayText.escaped(verdict.reason()), INDENT.repeat(2)));
            }
        }
        return lines;
    }

    /** The verdicts as documents, in the order of the expectations. */
    public static List<Map<String, Object>> json(List<Verdict> verdicts) {
        return verdicts.stream().map(ExpectationsView::json).toList();
    }

    private static Map<String, Object> json(Verdict verdict) {
        return Json.object(
                "rule", verdict.expectation().rule().text(),
                "otherwise", verdict.expectation().otherwise(),
                "outcome", ReportText.outcome(verdict),
                "actual",
                        verdict.outcome()
                                .<Optional<String>>fold(
                                        met -> Optional.of(met.actual()),
                                        broken -> Optional.of(broken.actual()),
                                        notChecked -> Optional.empty(),
                                        notApplicable -> Optional.empty()),
                "reason",
                        verdict.outcome()
                                .<Optional<String>>fold(
                                        met -> Optional.empty(),
                                        broken -> Optional.empty(),
                                        notChecked -> Optional.of(notChecked.reason()),
                                        notApplicable -> Optional.of(notApplicable.reason())));
    }
}
