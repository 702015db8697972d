package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.engine.internal.pass.TypedText;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The text of a cell in a change set, exact there and back: {@link CellText}, with two additions. A text is kept byte
 * by byte, lone surrogates too. A NaN with other bits than the usual ones is {@code NaN:} and its 16 hex digits. Not
 * thread-safe.
 */
final class CellForm {
    private static final long USUAL_NAN = Double.doubleToRawLongBits(Double.NaN);
    private static final String OTHER_NAN = "NaN:";

    private CellForm() {}

    /** Appends the text of a cell; NULL stays NULL. */
    static void append(ColumnType type, ColumnVector cells, int row, BytesVector texts) {
        if (cells.isNull(row)) {
            texts.appendNull();
        } else if (type.kind() == TypeKind.TEXT) {
            texts.appendFrom(cells, row);
        } else if (isOtherNan(cells, row)) {
            long bits = Double.doubleToRawLongBits(((DoubleVector) cells).get(row));
            texts.append(OTHER_NAN + HexFormat.of().toHexDigits(bits));
        } else {
            int start = texts.reserve(CellText.maxBytes(type, cells, row));
            texts.commit(CellText.write(type, cells, row, texts.data(), start) - start);
        }
    }

    private static boolean isOtherNan(ColumnVector cells, int row) {
        return cells instanceof DoubleVector doubles
                && Double.isNaN(doubles.get(row))
                && Double.doubleToRawLongBits(doubles.get(row)) != USUAL_NAN;
    }

    /**
     * Appends the cell that a text stands for.
     *
     * @throws SnapshotException CORRUPT if it is no text of the type
     */
    static void read(ColumnType type, BytesVector texts, int row, ColumnVector cells) {
        if (texts.isNull(row)) {
            cells.appendNull();
            return;
        }
        if (type.kind() == TypeKind.TEXT) {
            cells.appendFrom(texts, row);
            return;
        }
        String text = new String(texts.data(), texts.start(row), texts.length(row), StandardCharsets.US_ASCII);
        if (type.kind().isFloat() && text.startsWith(OTHER_NAN)) {
            ((DoubleVector) cells)
                    .append(Double.longBitsToDouble(
                            HexFormat.fromHexDigitsToLong(text, OTHER_NAN.length(), text.length())));
            return;
        }
        TypedText.cell(type, text)
                .orElseThrow(() -> SnapshotException.corrupt("a change set holds a cell of another type")
                        .actual("'" + text + "'")
                        .expected(type.toString())
                        .nextStep("remove the change set and build it again")
                        .build())
                .accept(cells);
    }
}
