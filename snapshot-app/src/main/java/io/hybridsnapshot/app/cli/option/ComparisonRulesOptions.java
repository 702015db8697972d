package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.TextDifference;
import io.hybridsnapshot.engine.comparison.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which differences of cells do not matter. */
public final class ComparisonRulesOptions {
    @Option(
            names = "--ignore",
            paramLabel = "COLUMN",
            order = 33,
            description = "Forgive differences in this column; repeatable.")
    private List<String> ignored = new ArrayList<>();

    @Option(
            names = "--tolerance",
            paramLabel = "COLUMN=BOUND",
            order = 34,
            description = "Forgive differences between numbers in this column up to a bound: 0.01, 1%% (of the "
                    + "larger) or scale:2 (rounded); repeatable.")
    private List<String> tolerances = new ArrayList<>();

    @Option(
            names = "--ignore-case",
            order = 35,
            description = "Forgive differences between upper and lower case in texts; key columns aside.")
    private boolean ignoreCase;

    @Option(
            names = "--ignore-space",
            order = 36,
            description = "Forgive differences in white space in texts: at the ends, and in its kind and length; key "
                    + "columns aside.")
    private boolean ignoreSpace;

    /** The requested details of the rows, under these rules. */
    public Optional<DetailRequest> applyTo(Optional<DetailRequest> details) {
        ComparisonRules rules = rules();
        if (details.isEmpty() && !rules.isEmpty()) {
            throw SnapshotException.invalidRequest("options that do not go together")
                    .actual("--no-details with --ignore, --tolerance, --ignore-case or --ignore-space")
                    .expected("one of them; without its cells, every row that differs is CHANGED")
                    .nextStep("leave out --no-details")
                    .build();
        }
        return details.map(wanted -> wanted.withRules(rules));
    }

    private ComparisonRules rules() {
        ComparisonRules rules = ComparisonRules.NONE;
        for (String column : ignored) {
            rules = rules.ignoring(column);
        }
        if (ignoreCase) {
            rules = rules.forgiving(TextDifference.CASE);
        }
        if (ignoreSpace) {
            rules = rules.forgiving(TextDifference.SPACE);
        }
        for (String text : tolerances) {
            // A column's name may hold an equals sign, a bound does not.
            int equals = text.lastIndexOf('=');
            if (equals < 1) {
                throw SnapshotException.invalidRequest("option --tolerance")
                        .actual("'" + text + "'")
                        .expected("COLUMN=BOUND, such as PRICE=0.01, PRICE=1% or PRICE=scale:2")
                        .build();
            }
            String column = text.substring(0, equals);
            if (rules.tolerances().containsKey(column)) {
                throw SnapshotException.invalidRequest("option --tolerance")
                        .actual("'" + column + "' twice")
                        .expected("one bound a column")
                        .build();
            }
            rules = rules.tolerating(column, Tolerance.parse(text.substring(equals + 1)));
        }
        return rules;
    }
}
