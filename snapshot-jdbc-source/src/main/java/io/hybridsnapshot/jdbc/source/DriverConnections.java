package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a driver that a class loader knows. {@code DriverManager} is not asked, because it hides drivers that
 * another class loader has registered. Safe to share.
 */
final class DriverConnections implements Connections {
    private final Driver driver;
    private final String url;
    private final Properties properties;

    private DriverConnections(Driver driver, String url, Properties properties) {
        this.driver = driver;
        this.url = url;
        this.properties = properties;
    }

    /**
     * Finds the driver of a URL among those that jars name as services.
     *
     * @param properties as the driver takes them, with user and password among them
     * @throws SnapshotException INVALID_REQUEST if no driver takes the URL, or a driver cannot be loaded
     */
    static DriverConnections find(String url, Properties properties, ClassLoader loader) {
        List<Driver> drivers = new ArrayList<>();
        try {
            ServiceLoader.load(Driver.class, loader).forEach(drivers::add);
            for (Driver driver : drivers) {
                if (driver.acceptsURL(url)) {
                    return new DriverConnections(driver, url, properties);
                }
            }
        } catch (SQLException e) {
            throw SnapshotException.invalidRequest("a driver refuses the URL")
                    .where(UrlText.masked(url))
                    .actual(JdbcFaults.said(e))
                    .nextStep("correct the URL")
                    .cause(e)
                    .build();
        } catch (ServiceConfigurationError | LinkageError e) {
            throw SnapshotException.invalidRequest("a JDBC driver cannot be loaded")
                    .where(UrlText.masked(url))
                    .actual(JdbcFaults.said(e))
                    .expected("a driver for this version of Java, with the libraries that it uses beside it")
                    .nextStep("replace the driver's jar")
                    .cause(e)
                    .build();
        }
        throw SnapshotException.invalidRequest("no JDBC driver takes the URL")
                .where(UrlText.masked(url))
                .actual(drivers.isEmpty() ? "no driver at all" : "the drivers " + names(drivers))
                .expected("a driver of this database")
                .nextStep("put the driver's jar into the directory of the adapter's jar, or correct the URL")
                .build();
    }

    private static TreeSet<String> names(List<Driver> drivers) {
        TreeSet<String> names = new TreeSet<>();
        drivers.forEach(driver -> names.add(driver.getClass().getName()));
        return names;
    }

    @Override
    public @Nullable Connection open() throws SQLException {
        Properties own = new Properties();
        own.putAll(properties);
        return driver.connect(url, own);
    }
}
