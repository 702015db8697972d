package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of row sources on tables of one database. The subclass names it and what it cannot hold. */
abstract class JdbcRowSourceTables extends RowSourceContract {
    @TempDir
    Path directory;

    private final TestDatabase database;
    private DataSource source;
    private int made;

    JdbcRowSourceTables(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void openDatabase() {
        source = database.open(directory);
    }

    @Override
    protected RowSource sourceOf(Table table) {
        String name = "table " + made++;
        database.make(source, name, table);
        return database.source(source, name, table).build();
    }
}
