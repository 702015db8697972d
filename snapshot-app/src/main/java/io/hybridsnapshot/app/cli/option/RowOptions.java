package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.history.RowSelection;
import io.hybridsnapshot.engine.redaction.KeyTexts;
import io.hybridsnapshot.engine.redaction.RowKeys;
import io.hybridsnapshot.engine.selection.RowCondition;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The rows that a command looks up in archived snapshots: by their keys, or by a value in a column. */
public final class RowOptions {
    @Option(
            names = "--key",
            paramLabel = "VALUE[,VALUE]",
            order = 1,
            description = "The key of a row, for several key columns one value each, separated by commas; repeatable.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--where",
            paramLabel = "COLUMN=VALUE",
            order = 2,
            description = "The rows that have this value in a column, such as STATUS=OPEN.")
    private String where;

    @Option(
            names = "--key-column",
            paramLabel = "COLUMN",
            order = 24,
            description = "A key column, if the dataset is not defined or had another key; repeatable.")
    private List<String> keyColumns = new ArrayList<>();

    /** Whether no rows are named. */
    public boolean isEmpty() {
        return keys.isEmpty() && where == null;
    }

    /**
     * Returns the dataset, with its key columns.
     *
     * @throws SnapshotException INVALID_REQUEST if no key is known
     */
    public Dataset dataset(DatasetCatalogue datasets, String name) {
        if (keyColumns.isEmpty() && !datasets.isDefined(name)) {
            throw SnapshotException.invalidRequest("the dataset has no key")
                    .where("dataset '" + name + "'")
                    .expected("its key columns")
                    .nextStep("add --key-column COLUMN, or define the dataset in the configuration file")
                    .build();
        }
        return datasets.defined(name, DatasetSection.builder().key(keyColumns).build())
                .dataset();
    }

    /**
     * Checks that the rows are named in one way.
     *
     * @throws SnapshotException INVALID_REQUEST if they are not
     */
    public void require() {
        if (keys.isEmpty() == (where == null)) {
            throw SnapshotException.invalidRequest("the rows are named in no way or in two ways")
                    .actual(where == null ? "no rows" : "both --key and --where")
                    .expected("--key VALUE or --where COLUMN=VALUE")
                    .build();
        }
        if (where != null) {
            condition();
        }
    }

    /** Returns the rows of a dataset that are looked up. */
    public RowSelection selection(Dataset dataset) {
        require();
        if (where != null) {
            RowCondition condition = condition();
            return new RowSelection.WithValue(condition.column(), condition.operand());
        }
        int columns = dataset.keyColumns().size();
        return new RowSelection.OfKeys(RowKeys.of(
                columns, keys.stream().map(key -> KeyTexts.ofText(key, columns)).toList()));
    }

    private RowCondition condition() {
        RowCondition condition = RowCondition.parse(where);
        if (condition.operator() != RowCondition.Operator.EQUAL
                || condition.operand().isEmpty()) {
            throw SnapshotException.invalidRequest("option --where")
                    .actual("'" + where + "'")
                    .expected("COLUMN=VALUE with a value; a column whose name has one of = ! < > ~ in double quotes")
                    .build();
        }
        return condition;
    }

    /** Words the answer that no row was found, and names the key's columns where a key was given. */
    public String nothing(String place, Dataset dataset) {
        if (where != null) {
            return place + " has no row with " + where + ".";
        }
        List<String> columns = dataset.keyColumns();
        return place + " has no row with " + (keys.size() == 1 ? "this key" : "one of these keys") + "; the key is "
                + String.join(", ", columns) + ".";
    }
}
