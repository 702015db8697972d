package io.hybridsnapshot.testkit.planted.sqlserver.window;

import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jooq.DSLContext;

/**
 * Violates: libraries in every place of a public signature. Private and package-private members are allowed, and so is
 * a {@code DataSource} as a parameter.
 */
public class LeakyStore implements Supplier<ResultSet> {
    protected DSLContext context;

    @SuppressWarnings("unused")
    private Connection inside;

    public LeakyStore(DataSource source) {}

    LeakyStore(Connection connection, OutputStream out) {
        inside = connection;
    }

    public LeakyStore(List<DataSource> sources) {}

    public DataSource handedOut() {
        return null;
    }

    public List<Map<String, Connection[]>> nested() {
        return List.of();
    }

    public <T extends java.sql.Statement> void bounded(List<? super T> statements) {}

    protected void declared() throws SQLException {}

    void alsoInside(java.sql.Array array) throws SQLFeatureNotSupportedException {}

    @Override
    public ResultSet get() {
        return null;
    }
}
