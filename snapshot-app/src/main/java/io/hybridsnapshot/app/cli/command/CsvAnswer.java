package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Lines of texts that a command prints as CSV on stdout, in the form of an exported file. For one thread. */
final class CsvAnswer {
    private static final Path STDOUT = Path.of(OutputFile.STDOUT);

    private final Schema schema;
    private final List<List<Optional<String>>> lines = new ArrayList<>();

    /** Starts an answer with a header. */
    CsvAnswer(List<String> names) {
        this.schema = Schema.of(
                names.stream().map(name -> new Column(name, ColumnType.TEXT)).toList());
    }

    /** Adds a line with a cell for each column; an empty one is NULL. */
    void line(List<Optional<String>> cells) {
        if (cells.size() != schema.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + schema.size() + " columns");
        }
        lines.add(List.copyOf(cells));
    }

    /** Prints the answer. */
    void print(Terminal terminal) {
        OutputFile output = terminal.output(STDOUT, Replacement.ALWAYS, ProtectedFiles.NONE);
        try (PendingOutput pending = terminal.open(output);
                Batches rows = new Batches()) {
            RowFiles.writeCsv(
                    rows,
                    pending,
                    STDOUT,
                    CsvLayout.DEFAULT,
                    count -> !terminal.console().out().checkError());
        }
    }

    /** The lines as batches. */
    private final class Batches implements RowStream {
        private final Iterator<List<Optional<String>>> rest = lines.iterator();

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Optional<RowBatch> next() {
            if (!rest.hasNext()) {
                return Optional.empty();
            }
            List<BytesVector> vectors = new ArrayList<>();
            for (int i = 0; i < schema.size(); i++) {
                vectors.add(new BytesVector(RowBatch.DEFAULT_ROWS));
            }
            for (int row = 0; row < RowBatch.DEFAULT_ROWS && rest.hasNext(); row++) {
                List<Optional<String>> cells = rest.next();
                for (int i = 0; i < cells.size(); i++) {
                    BytesVector vector = vectors.get(i);
                    cells.get(i).ifPresentOrElse(vector::append, vector::appendNull);
                }
            }
            return Optional.of(new RowBatch(schema, vectors));
        }

        @Override
        public void close() {
            // The lines stay in memory.
        }
    }
}
