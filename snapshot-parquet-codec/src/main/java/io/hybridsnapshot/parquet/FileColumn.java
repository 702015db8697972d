package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.schema.Column;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A column of an opened file.
 *
 * @param index its position in the file
 * @param column the column in the domain's terms
 * @param descriptor the column in Parquet's terms
 * @param trusted whether this codec wrote it, so that its texts need no second check
 */
record FileColumn(int index, Column column, ColumnDescriptor descriptor, boolean trusted) {
    PrimitiveType type() {
        return descriptor.getPrimitiveType();
    }
}
