package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.Table;
import java.util.Objects;

/**
 * A {@link RowSource} over rows in memory. Immutable and safe to share. The source declares its own types and ignores
 * known ones.
 */
public final class InMemoryRowSource implements RowSource {
    private final String description;
    private final Table table;

    /** These rows under a name for messages. */
    public InMemoryRowSource(String description, Table table) {
        this.description = Objects.requireNonNull(description, "description");
        this.table = Objects.requireNonNull(table, "table");
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public RowStream open(ReadOptions options) {
        return table.stream(options);
    }
}
