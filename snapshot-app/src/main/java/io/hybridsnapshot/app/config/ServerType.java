package io.hybridsnapshot.app.config;

/** The servers that a window, an archive or a query can be on. */
public enum ServerType {
    /** PostgreSQL 14 or later. */
    POSTGRESQL("postgres", "PostgreSQL", 5_432),
    /** SQL Server 2017 or later, Azure SQL. */
    SQL_SERVER("sqlserver", "SQL Server", 1_433);

    private final String key;
    private final String product;
    private final int port;

    ServerType(String key, String product, int port) {
        this.key = key;
        this.product = product;
        this.port = port;
    }

    /** Its name in the configuration. */
    public String key() {
        return key;
    }

    /** Its name for people. */
    public String product() {
        return product;
    }

    /** The default TCP port. */
    public int port() {
        return port;
    }
}
