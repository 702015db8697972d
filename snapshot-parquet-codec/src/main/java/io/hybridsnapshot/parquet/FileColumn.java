package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.schema.Column;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A column of an opened file.
 *
 * @param index its position in the file
 * @param column what it is here
 * @param descriptor what Parquet says of it
 * @param trusted whether this codec wrote it, so that its texts need no second look
 */
record FileColumn(int index, Column column, ColumnDescriptor descriptor, boolean trusted) {
    PrimitiveType type() {
        return descriptor.getPrimitiveType();
    }
}
