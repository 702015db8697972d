package io.hybridsnapshot.sqlserver.window;

import com.microsoft.sqlserver.jdbc.ISQLServerBulkData;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A batch of rows in the form that bulk copy pulls: batch id, identity, hash, former hash and the texts of the carried
 * columns. A row that is staged for a whole snapshot, or that is NEW, has no former hash; one that is DELETED has
 * neither a hash nor texts. The
 * driver demands an object per cell. These are only a few columns; the wide rest of a row does not pass through this
 * class. Ids go as BINARY into columns of that type, because the driver would send a GUID as text for the server to
 * convert. The driver's interface is serializable; a batch never is. For one thread, read once.
 */
final class StagedRows implements ISQLServerBulkData {
    @Serial
    private static final long serialVersionUID = 1L;

    static final List<String> OWN_COLUMNS = List.of("batch_id", "record_uuid", "row_hash", "former_hash");

    /** Digits of a hash. */
    static final int HASH_LENGTH = 64;

    private static final int MAX_SHORT_LENGTH = 4_000;

    private final transient KeyedHashes identities;
    private final transient @Nullable KeyedHashes hashes;
    private final transient @Nullable KeyedHashes former;
    private final transient @Nullable BitSet added;
    private final transient @Nullable RowBatch rows;
    private final transient List<WindowTables.CarriedColumn> carried;
    private final transient int[] positions;
    private final transient String place;
    private final transient Object[] row;
    private final transient byte[] identity = new byte[GuidBytes.LENGTH];
    private final transient byte[] hex = new byte[HASH_LENGTH];
    private int at = -1;

    private StagedRows(
            SnapshotId id,
            KeyedHashes identities,
            @Nullable KeyedHashes hashes,
            @Nullable KeyedHashes former,
            @Nullable BitSet added,
            @Nullable RowBatch rows,
            List<WindowTables.CarriedColumn> carried,
            String place) {
        this.identities = identities;
        this.hashes = hashes;
        this.former = former;
        this.added = added;
        this.rows = rows;
        this.carried = carried;
        this.place = place;
        this.positions = rows == null
                ? new int[0]
                : carried.stream()
                        .mapToInt(column -> rows.schema().indexOf(column.name()))
                        .toArray();
        this.row = new Object[OWN_COLUMNS.size() + carried.size()];
        this.row[0] = GuidBytes.of(id.value());
        this.row[1] = identity;
    }

    /**
     * Rows of a whole snapshot.
     *
     * @param carried the carried columns as the window has them
     * @param place names dataset and partition, for messages
     */
    static StagedRows whole(
            SnapshotId id, RowBatch rows, KeyedHashes hashes, List<WindowTables.CarriedColumn> carried, String place) {
        return new StagedRows(id, hashes, hashes, null, null, rows, carried, place);
    }

    /** Rows that are NEW or CHANGED. */
    static StagedRows changed(
            SnapshotId id, ChangedRows changes, List<WindowTables.CarriedColumn> carried, String place) {
        return new StagedRows(
                id,
                changes.hashes(),
                changes.hashes(),
                changes.former(),
                changes.added(),
                changes.rows(),
                carried,
                place);
    }

    /** Rows that are DELETED. */
    static StagedRows deleted(
            SnapshotId id, KeyedHashes former, List<WindowTables.CarriedColumn> carried, String place) {
        return new StagedRows(id, former, null, former, null, null, carried, place);
    }

    @Override
    public Set<Integer> getColumnOrdinals() {
        Set<Integer> ordinals = new TreeSet<>();
        IntStream.rangeClosed(1, row.length).forEach(ordinals::add);
        return ordinals;
    }

    @Override
    public String getColumnName(int column) {
        return column <= OWN_COLUMNS.size()
                ? OWN_COLUMNS.get(column - 1)
                : carried.get(column - 1 - OWN_COLUMNS.size()).name();
    }

    @Override
    public int getColumnType(int column) {
        return switch (column) {
            case 1, 2 -> Types.BINARY;
            case 3, 4 -> Types.CHAR;
            default -> Types.NVARCHAR;
        };
    }

    @Override
    public int getPrecision(int column) {
        return switch (column) {
            case 1, 2 -> GuidBytes.LENGTH;
            case 3, 4 -> HASH_LENGTH;
            default -> carried.get(column - 1 - OWN_COLUMNS.size()).maxLength().orElse(MAX_SHORT_LENGTH + 1);
        };
    }

    @Override
    public int getScale(int column) {
        return 0;
    }

    @Override
    public boolean next() {
        at++;
        return at < identities.size();
    }

    @Override
    public Object[] getRowData() {
        GuidBytes.write(identities.identityHigh(at), identities.identityLow(at), identity, 0);
        row[2] = hex(hashes);
        row[3] = added != null && added.get(at) ? null : hex(former);
        for (int i = 0; i < positions.length; i++) {
            row[OWN_COLUMNS.size() + i] = text(positions[i]);
        }
        return row;
    }

    private @Nullable String hex(@Nullable KeyedHashes of) {
        if (of == null) {
            return null;
        }
        of.writeHex(at, hex, 0);
        return new String(hex, StandardCharsets.US_ASCII);
    }

    /**
     * Checks that every carried cell fits its column. Call this method before the bulk copy begins, because an
     * exception during the copy breaks the connection.
     *
     * @throws SnapshotException INVALID_REQUEST naming the column, the record and the lengths
     */
    void requireFit() {
        for (int i = 0; i < positions.length; i++) {
            WindowTables.CarriedColumn target = carried.get(i);
            ColumnVector vector = rows.vector(positions[i]);
            ColumnType type = rows.schema().column(positions[i]).type();
            boolean mayBeTooLong = target.maxLength().isPresent()
                    && (type.kind() == TypeKind.TEXT
                            || type.kind() == TypeKind.BINARY
                            || CellText.maxBytes(type) > target.maxLength().getAsInt());
            for (int row = 0; row < identities.size(); row++) {
                if (vector.isNull(row)) {
                    requireNullable(target, row);
                } else if (mayBeTooLong) {
                    requireLength(target, length(type, vector, row), row);
                }
            }
        }
    }

    private static int length(ColumnType type, ColumnVector vector, int row) {
        return switch (type.kind()) {
            case TEXT -> utf16Length((BytesVector) vector, row);
            case BINARY -> CellText.maxBytes(type, vector, row);
            default -> CellText.of(type, vector, row).length();
        };
    }

    /** Units of UTF-16 that a text in UTF-8 has: one a character's first byte, two where that announces four. */
    private static int utf16Length(BytesVector vector, int row) {
        byte[] data = vector.data();
        int length = 0;
        for (int i = vector.start(row), end = vector.end(row); i < end; i++) {
            length += (data[i] & 0xC0) == 0x80 ? 0 : (data[i] & 0xF8) == 0xF0 ? 2 : 1;
        }
        return length;
    }

    private void requireNullable(WindowTables.CarriedColumn target, int row) {
        if (!target.isNullable()) {
            throw SnapshotException.invalidRequest(
                            "a carried column is NULL, but its column in the window's table requires a value")
                    .where(where(target, row))
                    .expected("a value")
                    .nextStep("correct the source, or do not carry the column")
                    .build();
        }
    }

    private void requireLength(WindowTables.CarriedColumn target, int length, int row) {
        if (length > target.maxLength().orElseThrow()) {
            throw SnapshotException.invalidRequest("a carried text is longer than its column in the window")
                    .where(where(target, row))
                    .actual(length + " characters")
                    .expected("at most " + target.maxLength().getAsInt())
                    .nextStep("widen the column in the window's three tables, or do not carry it")
                    .build();
        }
    }

    private String text(int position) {
        ColumnVector vector = rows.vector(position);
        if (vector.isNull(at)) {
            return null;
        }
        Column column = rows.schema().column(position);
        // SQL Server keeps lone surrogates, which the canonical text cannot show.
        return column.type().kind() == TypeKind.TEXT
                ? ((BytesVector) vector).text(at)
                : CellText.of(column.type(), vector, at);
    }

    private String where(WindowTables.CarriedColumn target, int row) {
        return place + ", column '" + target.name() + "', record " + hashes.identity(row);
    }
}
