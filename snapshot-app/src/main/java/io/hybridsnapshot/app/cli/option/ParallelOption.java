package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.ParallelSection;
import io.hybridsnapshot.app.config.ParallelSection.Count;
import io.hybridsnapshot.app.config.ParallelSection.Moments;
import io.hybridsnapshot.app.config.ParallelSection.Parts;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The command line's part of the plan that reads a dataset's query in ranges of a key. */
public final class ParallelOption {
    private static final String NAME = "--parallel";
    private static final String FORM = "column=COLUMN, connections=N, ranges=N or moments=one|each";

    @Option(
            names = NAME,
            paramLabel = "NAME=VALUE",
            order = 19,
            description = "Read the dataset's query in ranges of a key, over several connections: column=COLUMN, "
                    + "connections=N, ranges=N or moments=one|each; repeatable. Each overrides the same part of "
                    + "source.parallel.")
    private List<String> parallel = new ArrayList<>();

    /**
     * Returns the dataset with the plan of the command line; parts that the command line leaves out stay as they are.
     *
     * @throws SnapshotException INVALID_REQUEST if a part is wrong or given twice, if no column is given anywhere, or
     *     if the dataset's source is no query
     */
    public DefinedDataset appliedTo(DefinedDataset defined) {
        if (parallel.isEmpty()) {
            return defined;
        }
        Parts given = Parts.NONE;
        for (String text : parallel) {
            given = with(given, text);
        }
        Optional<SourceSection> source = defined.section().source();
        if (source.isEmpty() || !(source.get() instanceof SourceSection.Query query)) {
            throw SnapshotException.invalidRequest("option " + NAME)
                    .where("dataset '" + defined.dataset().name() + "'")
                    .actual(source.flatMap(SourceSection::path)
                            .map(file -> "the file " + file)
                            .orElse("a source that is no query"))
                    .expected("a query on a server")
                    .nextStep("leave out " + NAME)
                    .build();
        }
        Parts plan = query.parallel().map(Parts::of).orElse(Parts.NONE).overriddenBy(given);
        ParallelSection whole = plan.plan()
                .orElseThrow(() -> SnapshotException.invalidRequest("option " + NAME)
                        .where("dataset '" + defined.dataset().name() + "'")
                        .actual("no column")
                        .expected("the column whose ranges are read")
                        .nextStep("add " + NAME + " column=COLUMN, or source.parallel.column to the definition")
                        .build());
        SourceSection split = new SourceSection.Query(query.sql(), query.server(), Optional.of(whole));
        return new DefinedDataset(
                defined.dataset(), defined.section().overriddenBy(DatasetSection.of(split, List.of())));
    }

    private static Parts with(Parts given, String text) {
        int sign = text.indexOf('=');
        if (sign < 1 || sign == text.length() - 1) {
            throw invalid(text, FORM);
        }
        String value = text.substring(sign + 1);
        Parts part = switch (text.substring(0, sign)) {
            case "column" -> new Parts(Optional.of(value), Optional.empty(), Optional.empty(), Optional.empty());
            case "connections" ->
                new Parts(
                        Optional.empty(),
                        Optional.of(number(text, Count.CONNECTIONS, value)),
                        Optional.empty(),
                        Optional.empty());
            case "ranges" ->
                new Parts(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(number(text, Count.RANGES, value)),
                        Optional.empty());
            case "moments" ->
                new Parts(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Choices.find(Moments.class, value)
                                .orElseThrow(() -> invalid(text, Choices.names(Moments.class)))));
            default -> throw invalid(text, FORM);
        };
        if (part.overriddenBy(given).equals(given)) {
            throw invalid(text, "each part once, but '" + text.substring(0, sign) + "' is given twice");
        }
        return given.overriddenBy(part);
    }

    private static int number(String text, Count count, String value) {
        return count.parse(value).orElseThrow(() -> invalid(text, count.expected()));
    }

    private static SnapshotException invalid(String actual, String expected) {
        return SnapshotException.invalidRequest("option " + NAME)
                .actual("'" + actual + "'")
                .expected(expected)
                .build();
    }
}
