package io.hybridsnapshot.parquet;

import java.io.Serial;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * A value that its column's type does not have. In a file of ours it is damage, since the writer checks every value. Other writers check
 * less: there it is what they wrote.
 */
final class OutsideTypeException extends ParquetDecodingException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String actual;
    private final String expected;

    OutsideTypeException(String actual, String expected) {
        super("found " + actual + ", expected " + expected);
        this.actual = actual;
        this.expected = expected;
    }

    String actual() {
        return actual;
    }

    String expected() {
        return expected;
    }
}
