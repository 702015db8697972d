package io.hybridsnapshot.sqlserver.connection;

import io.hybridsnapshot.jdbc.connection.DriverConnections;
import javax.sql.DataSource;

/** A program's own data source. Its text holds no secret, as the source itself is not shown. */
record SqlServerDataSource(DataSource source) implements SqlServerDatabase {
    @Override
    public String address() {
        return DriverConnections.PROGRAMS_SOURCE;
    }

    @Override
    public String toString() {
        return address();
    }
}
