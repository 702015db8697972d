package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.util.List;
import java.util.function.LongFunction;

/** The errors of one file of records. For one thread. */
final class RecordErrors extends CellErrors {
    private final RecordFile file;
    private List<String> columns = List.of();
    private LongFunction<String> places = number -> "record " + number;

    RecordErrors(RecordTable table) {
        super(table);
        this.file = table.file();
    }

    /** Registers the reading, so that errors can show columns and places. */
    void read(RecordStream stream) {
        columns = stream.columns();
        places = stream::place;
    }

    @Override
    String file() {
        return file.place();
    }

    @Override
    String at(long number) {
        return file() + ", " + places.apply(number);
    }

    SnapshotException noColumn() {
        return SnapshotException.invalidRequest("the file has no columns")
                .where(file())
                .actual("no record with a value")
                .expected("at least one record")
                .build();
    }

    SnapshotException namelessColumn(long number, int column) {
        return SnapshotException.invalidRequest("a column has no name")
                .where(at(number) + ", column " + (column + 1))
                .actual(shown())
                .expected("a name for every column")
                .nextStep("name the column")
                .build();
    }

    SnapshotException tooManyColumns(long number) {
        return SnapshotException.invalidRequest("the file has too many columns")
                .where(at(number))
                .actual(columns.size() + " columns, the first of them " + names(columns))
                .expected("at most " + CellPass.MAX_COLUMNS)
                .nextStep("split the table, or check whether its records have the same names")
                .build();
    }

    @Override
    SnapshotException unknownDeclaration(long number, String name) {
        return missing(
                "a declared column is not in the file",
                name,
                "every declared column",
                "correct the name in the dataset's types, or remove it there");
    }

    @Override
    SnapshotException missingColumn(long number, String name) {
        return missing(
                "a column that is needed is not in the file",
                name,
                "every column that the request names",
                "correct the name; upper and lower case and blanks count");
    }

    private SnapshotException missing(String problem, String name, String expected, String nextStep) {
        return SnapshotException.invalidRequest(problem)
                .where(file())
                .actual("no '" + cut(name) + "' in " + shown())
                .expected(NearestName.among(columns, name)
                        .map(nearest -> expected + " (did you mean '" + cut(nearest) + "'?)")
                        .orElse(expected))
                .nextStep(nextStep)
                .build();
    }

    @Override
    SnapshotException ragged(long number, int actual, int expected) {
        return SnapshotException.invalidRequest("the file changed while it was read")
                .where(file())
                .actual(actual + " columns")
                .expected(expected + ", as when it was opened")
                .nextStep("read it again once it is complete")
                .build();
    }

    private String shown() {
        return columns.size() + (columns.size() == 1 ? " column: " : " columns: ") + names(columns);
    }
}
