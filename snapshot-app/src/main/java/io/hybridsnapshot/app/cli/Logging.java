package io.hybridsnapshot.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;

/** What of the libraries' logs is heard. Stateless; changes the logging systems of this process. */
final class Logging {
    private Logging() {}

    /** The JDBC driver, Guice and others log through the JDK what also comes as an exception. */
    static void silenceLibraries() {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        LogManager.getLogManager().getLogger("").setLevel(java.util.logging.Level.OFF);
    }

    /** Lets the program's own messages through. */
    static void showInfo() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("io.hybridsnapshot").setLevel(Level.INFO);
        }
    }
}
