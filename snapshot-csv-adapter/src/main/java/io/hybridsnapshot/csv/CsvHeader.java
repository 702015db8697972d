package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells from the first rows of a CSV file whether it has a header. Stateless. */
public final class CsvHeader {
    private static final int ROWS = 100;
    private static final double FIRST_YEAR = 1900;
    private static final double LAST_YEAR = 2100;

    private enum Form {
        NONE,
        NUMBER,
        DATE,
        TIMESTAMP,
        BOOLEAN,
        UUID
    }

    private CsvHeader() {}

    /**
     * Whether the first record of a file is a row and not a header. That is so only if each of its cells is a number, a
     * date, a moment, a boolean or a UUID, and all cells below it are of the same form. Numbers that count up by one,
     * and years, are taken for names.
     *
     * @param file a regular file
     * @param format the form of its text
     * @return false also for a file that cannot be read as a table; its reader reports why
     */
    public static boolean isMissing(Path file, CsvFormat format) {
        CsvFormat texts = format.withTypes(Map.of()).withDefaultType(ColumnType.TEXT);
        try (RowStream rows = new CsvRowSource(file, texts)
                .withoutHeader()
                .open(new ReadOptions(List.of(), ROWS, Optional.empty()))) {
            return rows.next().filter(first -> startsWithARow(first, format)).isPresent();
        } catch (SnapshotException e) {
            return false;
        }
    }

    /**
     * Whether each cell of the first record could be one of a row: a number, a date, a moment, a boolean or a UUID. A
     * weaker sign than that of {@link #isMissing}, for a file that is compared with one whose header is missing.
     *
     * @param file a regular file
     * @param format the form of its text
     * @return false also for a file that cannot be read as a table; its reader reports why
     */
    public static boolean isLikelyMissing(Path file, CsvFormat format) {
        CsvFormat texts = format.withTypes(Map.of()).withDefaultType(ColumnType.TEXT);
        try (RowStream rows =
                new CsvRowSource(file, texts).withoutHeader().open(new ReadOptions(List.of(), 1, Optional.empty()))) {
            return rows.next().filter(first -> consistsOfValues(first, format)).isPresent();
        } catch (SnapshotException e) {
            return false;
        }
    }

    private static boolean consistsOfValues(RowBatch batch, CsvFormat format) {
        Cells parser = new Cells(format);
        for (int column = 0; column < batch.schema().size(); column++) {
            if (parser.form((BytesVector) batch.vector(column), 0) == Form.NONE) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithARow(RowBatch batch, CsvFormat format) {
        Cells parser = new Cells(format);
        boolean countUp = true;
        boolean years = true;
        double previous = Double.NaN;
        for (int column = 0; column < batch.schema().size(); column++) {
            BytesVector cells = (BytesVector) batch.vector(column);
            Form first = parser.form(cells, 0);
            double number = first == Form.NUMBER ? parser.number() : Double.NaN;
            if (first == Form.NONE || !isBelow(first, parser, cells, batch.rowCount())) {
                return false;
            }
            countUp &= column == 0 ? number == 0 || number == 1 : number == previous + 1;
            years &= number >= FIRST_YEAR && number <= LAST_YEAR && number == Math.rint(number);
            previous = number;
        }
        return !countUp && !years;
    }

    /** Whether all values below the first cell, at least one, are of its form. */
    private static boolean isBelow(Form first, Cells parser, BytesVector cells, int rows) {
        boolean any = false;
        for (int row = 1; row < rows; row++) {
            if (!cells.isNull(row) && cells.length(row) > 0) {
                if (parser.form(cells, row) != first) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    /** Tells the forms of cells, in the spelling of a format. */
    private static final class Cells {
        private final CellParser parser = new CellParser();
        private final Optional<ValueSpelling> spelling;

        Cells(CsvFormat format) {
            this.spelling = ValueSpelling.of(format);
        }

        /** The number in the last cell. */
        double number() {
            return parser.real;
        }

        Form form(BytesVector cells, int row) {
            int length = cells.isNull(row) ? 0 : cells.length(row);
            if (length == 0) {
                return Form.NONE;
            }
            byte[] b = cells.data();
            int start = cells.start(row);
            if (reads(ColumnType.FLOAT64, TypeKind.DECIMAL, b, start, length) && !Double.isNaN(parser.real)) {
                return Form.NUMBER;
            }
            if (reads(ColumnType.DATE, TypeKind.DATE, b, start, length)) {
                return Form.DATE;
            }
            if (reads(ColumnType.timestamp(9), TypeKind.TIMESTAMP, b, start, length)
                    || parser.instant(b, start, length, 9)) {
                return Form.TIMESTAMP;
            }
            if (length > 1 && parser.bool(b, start, length)) {
                return Form.BOOLEAN;
            }
            return parser.uuid(b, start, length) ? Form.UUID : Form.NONE;
        }

        private boolean reads(ColumnType type, TypeKind spelled, byte[] b, int start, int length) {
            if (spelling.filter(each -> each.concerns(spelled)).isEmpty()) {
                return parser.reads(type, b, start, length);
            }
            int rewritten = spelling.get().rewrite(spelled, b, start, length);
            return rewritten > 0 && parser.reads(type, spelling.get().bytes, 0, rewritten);
        }
    }
}
