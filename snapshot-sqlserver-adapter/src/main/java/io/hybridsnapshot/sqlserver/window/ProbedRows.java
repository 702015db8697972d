package io.hybridsnapshot.sqlserver.window;

import com.microsoft.sqlserver.jdbc.ISQLServerBulkData;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.util.Set;

/** Identities and hashes as bulk copy pulls them; see {@link StagedRows}. Never serialized. One thread, read once. */
final class ProbedRows implements ISQLServerBulkData {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient KeyedHashes hashes;
    private final transient byte[] identity = new byte[GuidBytes.LENGTH];
    private final transient byte[] hex = new byte[StagedRows.HASH_LENGTH];
    private final transient Object[] row = {identity, ""};
    private int at = -1;

    ProbedRows(KeyedHashes hashes) {
        this.hashes = hashes;
    }

    @Override
    public Set<Integer> getColumnOrdinals() {
        return Set.of(1, 2);
    }

    @Override
    public String getColumnName(int column) {
        return column == 1 ? "record_uuid" : "row_hash";
    }

    @Override
    public int getColumnType(int column) {
        return column == 1 ? Types.BINARY : Types.CHAR;
    }

    @Override
    public int getPrecision(int column) {
        return column == 1 ? GuidBytes.LENGTH : StagedRows.HASH_LENGTH;
    }

    @Override
    public int getScale(int column) {
        return 0;
    }

    @Override
    public boolean next() {
        at++;
        return at < hashes.size();
    }

    @Override
    public Object[] getRowData() {
        GuidBytes.write(hashes.identityHigh(at), hashes.identityLow(at), identity, 0);
        hashes.writeHex(at, hex, 0);
        row[1] = new String(hex, StandardCharsets.US_ASCII);
        return row;
    }
}
