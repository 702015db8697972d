package io.hybridsnapshot.parquet;

import java.io.Serial;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * A value outside its column's type. In a file of this codec the value is damage, since the writer checks every value.
 * Other writers check less, so in their files it may be the written value.
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
