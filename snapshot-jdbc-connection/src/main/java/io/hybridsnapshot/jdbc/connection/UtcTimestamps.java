package io.hybridsnapshot.jdbc.connection;

import java.io.Serial;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.DataType;
import org.jooq.impl.AbstractBinding;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * TIMESTAMP and DATETIME2 columns that hold UTC, as instants. jOOQ's own binding uses {@link java.sql.Timestamp}, which
 * shifts the times that the JVM's zone skips in spring.
 */
public final class UtcTimestamps {
    /** TIMESTAMP without time zone, or DATETIME2, read and written as UTC. */
    public static final DataType<Instant> TYPE = SQLDataType.LOCALDATETIME.asConvertedDataType(new UtcBinding());

    private UtcTimestamps() {}

    private static final class UtcBinding extends AbstractBinding<LocalDateTime, Instant> {
        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public Converter<LocalDateTime, Instant> converter() {
            return Converter.ofNullable(
                    LocalDateTime.class,
                    Instant.class,
                    time -> time.toInstant(ZoneOffset.UTC),
                    moment -> LocalDateTime.ofInstant(moment, ZoneOffset.UTC));
        }

        @Override
        public void sql(BindingSQLContext<Instant> context) {
            context.render().visit(DSL.sql("?"));
        }

        @Override
        public void set(BindingSetStatementContext<Instant> context) throws SQLException {
            context.statement()
                    .setObject(context.index(), context.convert(converter()).value(), Types.TIMESTAMP);
        }

        @Override
        public void get(BindingGetResultSetContext<Instant> context) throws SQLException {
            context.convert(converter()).value(context.resultSet().getObject(context.index(), LocalDateTime.class));
        }
    }
}
