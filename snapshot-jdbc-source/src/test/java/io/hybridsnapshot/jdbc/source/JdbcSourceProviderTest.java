package io.hybridsnapshot.jdbc.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.spi.AdapterSettings;
import io.hybridsnapshot.domain.spi.SourceProvider;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcSourceProviderTest {
    private static final JdbcSourceProvider PROVIDER = new JdbcSourceProvider();

    @TempDir
    Path directory;

    private AdapterSettings settings(Map<String, String> given) {
        return AdapterSettings.of(PROVIDER.settings(), given, directory);
    }

    private Set<String> wrong(Map<String, String> given) {
        return PROVIDER.problems(settings(given)).keySet();
    }

    @Test
    void theJarNamesTheProvider() {
        List<SourceProvider> found = ServiceLoader.load(SourceProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        assertEquals(1, found.size());
        assertInstanceOf(JdbcSourceProvider.class, found.get(0));
        assertEquals("jdbc", found.get(0).name());
    }

    @Test
    void aTableIsReadWithDeclaredTypesAndPropertiesOfTheDriver() {
        String file = directory.resolve("shop.duckdb").toString();
        TestDatabase.execute(
                new SimpleDataSource(() -> DriverManager.getConnection("jdbc:duckdb:" + file)),
                "CREATE SCHEMA sales",
                "CREATE TABLE sales.orders AS SELECT 7 AS order_no, '9.5' AS price");
        AdapterSettings settings = settings(Map.of(
                "url", "jdbc:duckdb:" + file, "table", "sales.orders", "properties", "jdbc_stream_results=true"));
        RowSource source = PROVIDER.open(settings, Map.of("price", ColumnType.decimal(5, 2)));
        assertTrue(source.description().startsWith("table sales.orders of jdbc:duckdb:"), source.description());
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            assertEquals(ColumnType.decimal(5, 2), rows.schema().column(1).type());
            assertEquals(1, rows.next().orElseThrow().rowCount());
        }
        AdapterSettings unknown =
                settings(Map.of("url", "jdbc:duckdb:" + file, "table", "sales.orders", "properties", "no_such=1"));
        RowSource refused = PROVIDER.open(unknown);
        SnapshotException error = assertThrows(SnapshotException.class, () -> refused.open(ReadOptions.ALL));
        assertTrue(error.getMessage().contains("no_such"), "the property reaches the driver: " + error.getMessage());
    }

    @Test
    void settingsThatDoNotFitAreFound() {
        String url = "jdbc:sqlite:x";
        assertEquals(Set.of(), wrong(Map.of("url", url, "table", "\"a.b\".c", "zone", "Europe/Zurich")));
        assertEquals(Set.of(), wrong(Map.of("url", url, "query", "SELECT 1;", "properties", "a=1;b=2=3\nc=\n")));
        assertEquals(Set.of("query"), wrong(Map.of("url", url)));
        assertEquals(Set.of("query"), wrong(Map.of("url", url, "query", "SELECT 1", "table", "a")));
        assertEquals(Set.of("query"), wrong(Map.of("url", url, "query", " ; ")));
        assertEquals(Set.of("zone"), wrong(Map.of("url", url, "table", "a", "zone", "Nowhere")));
        assertEquals(Set.of("fetch-rows"), wrong(Map.of("url", url, "table", "a", "fetch-rows", "0")));
        assertEquals(Set.of("fetch-rows"), wrong(Map.of("url", url, "table", "a", "fetch-rows", "3000000000")));
        for (String properties : List.of("a", "=1", "a=1;b")) {
            assertEquals(Set.of("properties"), wrong(Map.of("url", url, "table", "a", "properties", properties)));
        }
        for (String table : List.of("", ".", "a.", ".a", "a..b", "\"a", "\"a\"b", "a\"b", "\"\"")) {
            assertEquals(Set.of("table"), wrong(Map.of("url", url, "table", table)), table);
        }
    }

    @Test
    void namesOfTablesHaveParts() {
        assertEquals(Optional.of(List.of("sales", "orders 2026")), TableName.parse("sales.orders 2026"));
        assertEquals(Optional.of(List.of("a.b", "c\"d")), TableName.parse("\"a.b\".\"c\"\"d\""));
    }

    @Test
    void secretsAreRefusedInSettingsThatAreShownAndMaskedInTexts() {
        for (String url : List.of(
                "jdbc:sqlserver://host;user=a;password=s3cret",
                "jdbc:mysql://user:s3cret@host/shop",
                "jdbc:oracle:thin:scott/s3cret@host:1521/shop",
                "jdbc:postgresql://host/shop?user=a&sslpassword=s3cret")) {
            assertEquals(Set.of("url"), wrong(Map.of("url", url, "table", "a")), url);
            assertFalse(UrlText.masked(url).contains("s3cret"), UrlText.masked(url));
            SnapshotException error = assertThrows(
                    SnapshotException.class, () -> PROVIDER.open(settings(Map.of("url", url, "table", "a"))));
            assertFalse(error.getMessage().contains("s3cret"), error.getMessage());
        }
        Map<String, String> shown = Map.of("url", "jdbc:x:y", "table", "a", "properties", "trustStorePassword=s3cret");
        assertEquals(Set.of("properties"), wrong(shown));
        assertFalse(PROVIDER.problems(settings(shown)).toString().contains("s3cret"));
        assertEquals(
                Set.of(),
                wrong(Map.of("url", "jdbc:x:y", "table", "a", "secret-properties", "trustStorePassword=s3cret")));
    }

    @Test
    void aUrlThatNoDriverTakesIsRefusedWithTheKnownDrivers() {
        AdapterSettings settings = settings(Map.of("url", "jdbc:nowhere:x", "table", "a"));
        SnapshotException error = assertThrows(SnapshotException.class, () -> PROVIDER.open(settings));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("org.h2.Driver"), error.getMessage());
        ClassLoader empty = new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader());
        SnapshotException none = assertThrows(
                SnapshotException.class, () -> DriverConnections.find("jdbc:sqlite:x", new Properties(), empty));
        assertTrue(none.getMessage().contains("no driver at all"), none.getMessage());
    }
}
