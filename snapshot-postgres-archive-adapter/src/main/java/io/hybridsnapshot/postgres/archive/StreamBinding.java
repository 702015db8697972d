package io.hybridsnapshot.postgres.archive;

import java.io.InputStream;
import java.io.Serial;
import java.sql.SQLException;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.impl.AbstractBinding;
import org.jooq.impl.DSL;

/** Binds the next bytes of a stream as one BYTEA, so that the client never holds the value. Write-only. */
final class StreamBinding extends AbstractBinding<byte[], byte[]> {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient InputStream stream;
    private final long length;

    StreamBinding(InputStream stream, long length) {
        this.stream = stream;
        this.length = length;
    }

    @Override
    public Converter<byte[], byte[]> converter() {
        return Converter.of(byte[].class, byte[].class, bytes -> bytes, bytes -> bytes);
    }

    @Override
    public void sql(BindingSQLContext<byte[]> context) {
        context.render().visit(DSL.sql("?"));
    }

    @Override
    public void set(BindingSetStatementContext<byte[]> context) throws SQLException {
        context.statement().setBinaryStream(context.index(), stream, length);
    }

    @Override
    public void get(BindingGetResultSetContext<byte[]> context) {
        throw new UnsupportedOperationException("write-only");
    }
}
