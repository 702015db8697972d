package io.hybridsnapshot.domain.schema;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table in the source's order. Names are unique (case matters), and so are the column ids of the row
 * encoding. Immutable and safe to share.
 */
public final class Schema {
    private final List<Column> columns;
    private final Map<String, Integer> positions;

    private Schema(List<Column> columns) {
        this.columns = List.copyOf(columns);
        this.positions = new HashMap<>(columns.size() * 2);
        Map<Long, String> ids = new HashMap<>(columns.size() * 2);
        for (int i = 0; i < this.columns.size(); i++) {
            String name = this.columns.get(i).name();
            Integer earlier = positions.put(name, i);
            if (earlier != null) {
                throw SnapshotException.invalidRequest("two columns have one name")
                        .where("columns " + (earlier + 1) + " and " + (i + 1))
                        .actual("'" + name + "' twice")
                        .expected("every column name once")
                        .nextStep("rename one of them in the source or in its query")
                        .build();
            }
            String collided = ids.put(ColumnId.of(name), name);
            if (collided != null) {
                throw SnapshotException.invalidRequest("two columns share one id in the row encoding")
                        .actual("'" + collided + "' and '" + name + "'")
                        .expected("different first 8 bytes of SHA-256 of the names")
                        .nextStep("rename one of them in the source or in its query")
                        .build();
            }
        }
    }

    /**
     * Returns a schema of these columns in this order.
     *
     * @throws SnapshotException INVALID_REQUEST if two columns share a name or an id
     */
    public static Schema of(List<Column> columns) {
        return new Schema(columns);
    }

    /** Returns a schema of these columns in this order. */
    public static Schema of(Column... columns) {
        return new Schema(List.of(columns));
    }

    /** Returns the columns in order. */
    public List<Column> columns() {
        return columns;
    }

    /** Returns the number of columns. */
    public int size() {
        return columns.size();
    }

    /** Returns the column at a position from 0. */
    public Column column(int index) {
        return columns.get(index);
    }

    /** Returns the names in order. */
    public List<String> names() {
        List<String> names = new ArrayList<>(columns.size());
        for (Column column : columns) {
            names.add(column.name());
        }
        return names;
    }

    /** Returns the position of a column, or empty where there is none of that name. */
    public OptionalInt find(String name) {
        Integer index = positions.get(name);
        return index == null ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /**
     * Returns the position of a column that has to be there.
     *
     * @throws SnapshotException INVALID_REQUEST naming the nearest column, or else the first columns
     */
    public int indexOf(String name) {
        Integer index = positions.get(name);
        if (index != null) {
            return index;
        }
        throw SnapshotException.invalidRequest("unknown column")
                .actual("'" + name + "'")
                .expected(NearestName.expected("one of the table's columns", names(), name))
                .nextStep("correct the name; {0} shows them", CommonRemedy.LIST_COLUMNS)
                .build();
    }

    /**
     * Returns the schema of some columns, in the order of the given names.
     *
     * @throws SnapshotException INVALID_REQUEST if a name is unknown
     */
    public Schema select(Collection<String> names) {
        List<Column> selected = new ArrayList<>(names.size());
        for (String name : names) {
            selected.add(columns.get(indexOf(name)));
        }
        return new Schema(selected);
    }

    /**
     * Returns the schema hash: lower-case hex SHA-256 over the columns in order. Each column adds its UTF-8 name and
     * the text form of its type, each preceded by its length in bytes as four big-endian bytes. Names, types and order
     * count; rows do not.
     */
    public String hash() {
        MessageDigest digest = Sha256.digest();
        for (Column column : columns) {
            update(digest, column.name());
            update(digest, column.type().toString());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schema schema && columns.equals(schema.columns);
    }

    @Override
    public int hashCode() {
        return columns.hashCode();
    }

    @Override
    public String toString() {
        return columns.toString();
    }
}
