package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The end of a plain file.
 *
 * @param schema the columns
 * @param metadata texts beside the rows
 * @param groups the batches in order
 */
record PlainFooter(Schema schema, Map<String, String> metadata, List<Group> groups) {
    /** The first and the last four bytes of a file. */
    static final int MAGIC = 0x48535031;

    /** Footer length, CRC and magic word. */
    static final int TRAILER_BYTES = 3 * Integer.BYTES;

    /**
     * One batch.
     *
     * @param rows its rows
     * @param runs where its columns are
     */
    record Group(int rows, List<PlainRun> runs) {}

    long rowCount() {
        return groups.stream().mapToLong(Group::rows).sum();
    }

    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(schema.size());
        for (Column column : schema.columns()) {
            write(out, column.name());
            write(out, column.type().toString());
        }
        out.writeInt(metadata.size());
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            write(out, entry.getKey());
            write(out, entry.getValue());
        }
        out.writeInt(groups.size());
        for (Group group : groups) {
            out.writeInt(group.rows());
            for (PlainRun run : group.runs()) {
                out.writeLong(run.position());
                out.writeInt(run.length());
                out.writeInt(run.crc());
            }
        }
        return bytes.toByteArray();
    }

    static PlainFooter decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<Column> columns = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            columns.add(new Column(read(in), ColumnType.parse(read(in))));
        }
        Map<String, String> metadata = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            metadata.put(read(in), read(in));
        }
        List<Group> groups = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            int rows = in.readInt();
            List<PlainRun> runs = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                runs.add(new PlainRun(in.readLong(), in.readInt(), in.readInt()));
            }
            groups.add(new Group(rows, runs));
        }
        return new PlainFooter(Schema.of(columns), Map.copyOf(metadata), groups);
    }

    static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    // Not writeUTF, which ends at 64 KB.
    private static void write(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        out.writeChars(text);
    }

    private static String read(DataInputStream in) throws IOException {
        char[] chars = new char[in.readInt()];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = in.readChar();
        }
        return new String(chars);
    }
}
