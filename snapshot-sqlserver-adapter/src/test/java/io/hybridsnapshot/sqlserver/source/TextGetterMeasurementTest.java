package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import com.microsoft.sqlserver.jdbc.SQLServerResultSet;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.sqlserver.connection.TdsServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the two getters for NVARCHAR through the driver, which reads from a made-up server on this host;
 * docs/how-to/sql-server.md has the command.
 */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class TextGetterMeasurementTest {
    private static final int RUNS = Integer.getInteger("runs", 5);
    private static final int ROWS = 100_000;
    private static final int COLUMNS = 10;
    private static final int BATCH = 4_096;

    private enum Getter {
        BYTES {
            @Override
            void append(ResultSet result, int column, BytesVector vector) throws SQLException {
                Utf16Text.append(result.getBytes(column), vector);
            }
        },
        STRING {
            @Override
            void append(ResultSet result, int column, BytesVector vector) throws SQLException {
                vector.append(result.getString(column));
            }
        };

        abstract void append(ResultSet result, int column, BytesVector vector) throws SQLException;
    }

    @Test
    void bytesBesideStrings() throws SQLException {
        for (String text : new String[] {"a text of 24 characters ", "größe 日本 a text of 24", "ab"}) {
            Object[] row = new Object[COLUMNS];
            Arrays.fill(row, text);
            int expected = text.getBytes(StandardCharsets.UTF_8).length * ROWS * COLUMNS;
            TdsServer.Answer rows = TdsServer.Answer.rows(ROWS, row);
            try (TdsServer server = TdsServer.start(sql -> sql.contains("texts") ? rows : TdsServer.Answer.done())) {
                for (int run = 0; run < RUNS; run++) {
                    for (Getter getter : Getter.values()) {
                        assertEquals(expected, read(server, getter));
                    }
                }
            }
        }
    }

    private static int read(TdsServer server, Getter getter) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "loader");
        properties.setProperty("password", "secret");
        properties.setProperty("encrypt", "false");
        properties.setProperty("responseBuffering", "adaptive");
        int bytes = 0;
        try (Connection connection =
                        new SQLServerDriver().connect("jdbc:sqlserver://127.0.0.1:" + server.port(), properties);
                Statement statement = connection.createStatement(
                        SQLServerResultSet.TYPE_SS_DIRECT_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            MeasuredRead measured = new MeasuredRead();
            try (ResultSet result = statement.executeQuery("SELECT * FROM texts")) {
                BytesVector vector = new BytesVector(BATCH);
                while (result.next()) {
                    for (int i = 1; i <= COLUMNS; i++) {
                        getter.append(result, i, vector);
                    }
                    if (vector.size() >= BATCH) {
                        bytes += vector.bytesUsed();
                        vector = new BytesVector(BATCH);
                    }
                }
                bytes += vector.bytesUsed();
            }
            measured.report(getter.name(), ROWS);
        }
        return bytes;
    }
}
