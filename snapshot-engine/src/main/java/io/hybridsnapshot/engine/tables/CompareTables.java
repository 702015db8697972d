package io.hybridsnapshot.engine.tables;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.selection.SelectedRows;
import io.hybridsnapshot.engine.internal.tables.KeyCheck;
import io.hybridsnapshot.engine.internal.tables.KeySearch;
import io.hybridsnapshot.engine.internal.tables.TypedTable;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.selection.RowCondition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares two tables that no dataset describes, such as two files. Column types that have to be inferred hold the
 * cells of both tables. The key is searched for if the request names none. Rows whose key is missing or repeated are
 * set apart, and the others are compared. Uses no store of the environment. Memory is bounded by the environment's rows
 * in memory, and by the number of repeated keys. Stateless; any number of threads may compare at once.
 */
public final class CompareTables {
    private static final String DATASET = "tables";

    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment; its stores are not opened. */
    public CompareTables(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Compares two tables. Reads each once to infer its types, if it has none; once or more often to find or check the
     * key; and once for the comparison.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if a table cannot be read, no key is
     *     found, a named key column is missing or a rule does not fit the columns; UNAVAILABLE if the thread is
     *     interrupted, whose interrupt flag is then set
     */
    public TablesReport compare(TablesRequest request) {
        return Interruption.keepingFlag(() -> compared(request));
    }

    private TablesReport compared(TablesRequest request) {
        RowSource renamed = request.before().renaming(request.renames());
        RowSource inferred = renamed.inferringOver(request.after());
        TypedTable allBefore = TypedTable.of(inferred, Optional.empty(), request.progress());
        boolean overBoth = !inferred.equals(renamed);
        TypedTable allAfter = TypedTable.of(
                request.after(), overBoth ? Optional.of(allBefore.schema()) : Optional.empty(), request.progress());
        requireCounterparts(request.renames(), allAfter);
        TypedTable before = selected(allBefore, request.conditions());
        TypedTable after = selected(allAfter, request.conditions());
        List<List<String>> keys = request.keyColumns().isEmpty()
                ? keys(before, after, request.progress())
                : List.of(request.keyColumns().stream().distinct().toList());
        Dataset dataset = Dataset.of(DATASET, keys.get(0)).withHashSpec(HashSpec.ALL_COLUMNS);
        boolean found = request.keyColumns().isEmpty();
        KeyCheck check = found ? KeyCheck.passed() : check(dataset, before, after, request.progress());
        KeyCheck.Table checkedBefore = check.before(before);
        KeyCheck.Table checkedAfter = check.after(after);
        DeltaReport delta = new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        dataset,
                        Partition.ALL,
                        new SnapshotReference.OfSource(checkedBefore),
                        new SnapshotReference.OfSource(checkedAfter),
                        request.details(),
                        request.progress(),
                        request.expectations()));
        return new TablesReport(
                keys.get(0), found, keys.subList(1, keys.size()), checkedBefore.apart(), checkedAfter.apart(), delta);
    }

    private static TypedTable selected(TypedTable table, List<RowCondition> conditions) {
        if (conditions.isEmpty()) {
            return table;
        }
        SelectedRows.requireFit(conditions, table.schema(), table.description());
        return new TypedTable(new SelectedRows(table.rows(), conditions), table.schema());
    }

    private static void requireCounterparts(ColumnRenames renames, TypedTable after) {
        for (Map.Entry<String, String> name : renames.names().entrySet()) {
            if (after.schema().find(name.getValue()).isEmpty()) {
                throw SnapshotException.invalidRequest("a column is renamed to one that the later table lacks")
                        .where(after.description())
                        .actual("'" + name.getKey() + "' as '" + name.getValue() + "'")
                        .expected(NearestName.expected(
                                "a column of the later table", after.schema().names(), name.getValue()))
                        .nextStep("give the earlier table's name first, then the later table's")
                        .build();
            }
        }
    }

    private List<List<String>> keys(TypedTable before, TypedTable after, Progress progress) {
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory())) {
            return KeySearch.over(List.of(before, after), hashing, progress).requireKeys();
        }
    }

    private KeyCheck check(Dataset dataset, TypedTable before, TypedTable after, Progress progress) {
        for (TypedTable table : List.of(before, after)) {
            dataset.findMissingKeyColumn(table.schema()).ifPresent(column -> {
                throw missing(table, column);
            });
        }
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory())) {
            return KeyCheck.of(dataset, before, after, hashing, progress);
        }
    }

    private static SnapshotException missing(TypedTable table, String column) {
        return SnapshotException.invalidRequest("the table has no such column")
                .where(table.description())
                .actual("the key '" + column + "'")
                .expected(NearestName.among(table.schema().names(), column)
                        .map(nearest -> "a column of both tables (did you mean '" + nearest + "'?)")
                        .orElse("a column of both tables"))
                .nextStep("name a key of columns that both tables have")
                .build();
    }
}
