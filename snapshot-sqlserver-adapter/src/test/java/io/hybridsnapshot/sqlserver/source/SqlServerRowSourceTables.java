package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import java.util.stream.Collectors;

/** The contract of row sources on tables of a SQL Server. The subclass defines the form of the query. */
abstract class SqlServerRowSourceTables extends RowSourceContract {
    private static final int SERVER_DIGITS = 7;

    private int made;

    /** A source of a query's rows; the table's clustered index is on {@link SqlServerTables#ORDINAL}. */
    abstract RowSource reading(SqlServerSettings settings, String select);

    abstract TestSqlServer server();

    @Override
    protected RowSource sourceOf(Table table) {
        String name = "dbo.t_" + System.nanoTime() + "_" + made++;
        SqlServerTables.make(server(), name, table);
        String columns =
                table.schema().names().stream().map(SourceColumn::quoted).collect(Collectors.joining(", "));
        return reading(server().database(), "SELECT " + columns + " FROM " + name);
    }

    /** FLOAT has neither NaN nor infinity, and a value cast from text is never a negative zero. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(TypeKind.INT8)
                .without(RandomTables.Edge.NAN, RandomTables.Edge.INFINITY, RandomTables.Edge.NEGATIVE_ZERO)
                .withFractionDigits(SERVER_DIGITS);
    }
}
