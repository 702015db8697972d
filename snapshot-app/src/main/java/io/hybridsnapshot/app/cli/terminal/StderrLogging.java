package io.hybridsnapshot.app.cli.terminal;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;

/**
 * Prints log messages on stderr, one line each; {@link Logging} chooses them. Logback finds this class through
 * {@code META-INF/services} at the first log message. A configuration file for logback would cost every command a tenth
 * of a second.
 */
public final class StderrLogging extends ContextAwareBase implements Configurator {
    /** Made by logback. */
    public StderrLogging() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(new OneLine());
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger("ROOT").addAppender(appender);
        Logging.started(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Level and message. A pattern would do the same and load a hundred classes more. */
    private static final class OneLine extends LayoutBase<ILoggingEvent> {
        @Override
        public String doLayout(ILoggingEvent event) {
            return event.getLevel().toString().toLowerCase(Locale.ROOT) + ": " + event.getFormattedMessage() + "\n";
        }
    }
}
