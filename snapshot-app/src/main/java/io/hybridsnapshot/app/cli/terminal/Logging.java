package io.hybridsnapshot.app.cli.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Optional;
import java.util.logging.LogManager;

/**
 * Chooses the log messages that reach stderr. Changes the logging systems of this process, which one command line owns.
 * The choice is kept until logback starts, because starting it costs every command a quarter of a second. Safe to share
 * between threads.
 */
public final class Logging {
    /** Which messages reach stderr. */
    public enum Heard {
        /** No message: stderr holds the error alone. */
        NOTHING(Level.OFF, Level.OFF),
        /**
         * Warnings of the program itself. A library's warning also arrives as an exception, or does not concern the
         * user.
         */
        OWN_WARNINGS(Level.OFF, Level.WARN),
        /** The program's own actions, and the warnings of libraries. */
        EVERYTHING(Level.WARN, Level.INFO);

        private final Level libraries;
        private final Level own;

        Heard(Level libraries, Level own) {
            this.libraries = libraries;
            this.own = own;
        }
    }

    private static Heard heard = Heard.OWN_WARNINGS;
    private static Optional<LoggerContext> started = Optional.empty();

    private Logging() {}

    /** Chooses the messages that reach stderr from now on. */
    public static synchronized void hear(Heard wanted) {
        heard = wanted;
        started.ifPresent(Logging::apply);
    }

    /** Records that logback has started. */
    public static synchronized void started(LoggerContext context) {
        started = Optional.of(context);
        apply(context);
    }

    private static void apply(LoggerContext context) {
        context.getLogger("ROOT").setLevel(heard.libraries);
        context.getLogger("io.hybridsnapshot").setLevel(heard.own);
    }

    /** The JDBC driver, Guice and others log through the JDK messages that also arrive as exceptions. */
    public static void silenceLibraries() {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        LogManager.getLogManager().getLogger("").setLevel(java.util.logging.Level.OFF);
    }
}
