package io.hybridsnapshot.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.sqlserver.TransactSql;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import liquibase.Liquibase;
import liquibase.UpdateSummaryEnum;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.sqlgenerator.SqlGeneratorFactory;
import liquibase.statement.SqlStatement;
import liquibase.statement.core.CreateDatabaseChangeLogLockTableStatement;
import liquibase.statement.core.CreateDatabaseChangeLogTableStatement;
import liquibase.statement.core.InitializeDatabaseChangeLogLockTableStatement;
import liquibase.statement.core.MarkChangeSetRanStatement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQL that Liquibase would run on SQL Server, rendered without a server. */
class SqlServerChangelogTest {
    private static final SchemaPart PART = SchemaPart.SQL_SERVER_WINDOW;

    @TempDir
    Path directory;

    private final ClassLoaderResourceAccessor resources =
            new ClassLoaderResourceAccessor(SqlServerChangelogTest.class.getClassLoader());
    private Database database;

    @BeforeEach
    void openDatabase() throws Exception {
        System.setProperty("liquibase.analytics.enabled", "false");
        String url = "offline:mssql?version=14.0&changeLogFile="
                + directory.resolve("changelog.csv").toUri().getPath();
        database = DatabaseFactory.getInstance().openDatabase(url, null, null, null, resources);
        database.setLiquibaseSchemaName("dbo");
        database.setDatabaseChangeLogTableName("snapshot_changelog");
        database.setDatabaseChangeLogLockTableName("snapshot_changelog_lock");
    }

    @AfterEach
    void closeDatabase() throws Exception {
        database.close();
    }

    private Liquibase liquibase() {
        Liquibase liquibase = new Liquibase(PART.changelog(), resources, database);
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        return liquibase;
    }

    private static String script(String name) throws Exception {
        try (var stream = SqlServerChangelogTest.class.getClassLoader().getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void liquibaseRunsTheBatchesThatSqlcmdWouldRun() throws Exception {
        List<String> wanted = new ArrayList<>();
        for (String script : PART.scripts()) {
            wanted.addAll(TransactSql.batches(script(script)));
        }
        List<String> run = new ArrayList<>();
        for (ChangeSet changeSet : liquibase().getDatabaseChangeLog().getChangeSets()) {
            run.addAll(rendered(changeSet));
        }
        assertEquals(wanted, run);
    }

    private List<String> rendered(ChangeSet changeSet) {
        List<String> rendered = new ArrayList<>();
        for (Change change : changeSet.getChanges()) {
            for (SqlStatement statement : change.generateStatements(database)) {
                rendered.addAll(rendered(statement));
            }
        }
        return rendered;
    }

    private List<String> rendered(SqlStatement statement) {
        // On SQL Server Liquibase ends lines as Windows does. No string of the scripts spans a line's end.
        return Arrays.stream(SqlGeneratorFactory.getInstance().generateSql(statement, database))
                .map(sql -> sql.toSql().replace("\r\n", "\n").strip())
                .toList();
    }

    @Test
    void theWholeUpdateIsTransactSql() throws Exception {
        List<String> update = new ArrayList<>();
        for (ChangeSet changeSet : liquibase().getDatabaseChangeLog().getChangeSets()) {
            update.addAll(rendered(changeSet));
            update.addAll(rendered(new MarkChangeSetRanStatement(changeSet, ChangeSet.ExecType.EXECUTED)));
        }
        String sql = String.join("\nGO\n", update);
        assertTrue(sql.contains("CREATE OR ALTER PROCEDURE [dbo].[sp_snapshot_statistics]"), sql);
        assertTrue(sql.contains("INSERT INTO dbo.snapshot_changelog"), sql);
        TransactSql.assertValid(sql);
    }

    @Test
    void tablesOfLiquibaseItselfAreTransactSql() {
        for (SqlStatement statement : List.of(
                new CreateDatabaseChangeLogTableStatement(),
                new CreateDatabaseChangeLogLockTableStatement(),
                new InitializeDatabaseChangeLogLockTableStatement())) {
            for (String sql : rendered(statement)) {
                assertTrue(sql.contains("dbo.snapshot_changelog"), sql);
                TransactSql.assertValid(sql);
            }
        }
    }

    @Test
    void everyChangeSetIsRunAgainWhenItsScriptChanges() throws Exception {
        List<ChangeSet> changeSets = liquibase().getDatabaseChangeLog().getChangeSets();
        assertEquals(PART.scripts().size(), changeSets.size());
        for (ChangeSet changeSet : changeSets) {
            assertTrue(changeSet.isRunOnChange(), changeSet.toString());
            assertEquals(1, changeSet.getChanges().size(), changeSet.toString());
        }
    }

    @Test
    void statementsOfTheMigrationItselfAreTransactSql() {
        List<String> statements = new ArrayList<>(SqlServerMigration.TABLE);
        Collections.addAll(
                statements,
                SqlServerMigration.CHECKSUM,
                SqlServerMigration.KEPT_BY_OTHERS,
                SqlServerMigration.LOCK,
                SqlServerMigration.UPDATE,
                SqlServerMigration.INSERT);
        statements.forEach(TransactSql::assertValid);
    }
}
