package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.jdbc.connection.DriverConnections;
import javax.sql.DataSource;

/** A program's own data source. Its text holds no secret, as the source itself is not shown. */
record PostgresDataSource(DataSource source) implements PostgresDatabase {
    @Override
    public String address() {
        return DriverConnections.PROGRAMS_SOURCE;
    }

    @Override
    public StorageCheck storage() {
        return StorageCheck.NONE;
    }

    @Override
    public String toString() {
        return address();
    }
}
