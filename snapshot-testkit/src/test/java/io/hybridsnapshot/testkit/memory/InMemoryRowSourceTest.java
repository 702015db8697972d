package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.Table;

class InMemoryRowSourceTest extends RowSourceContract {
    @Override
    protected RowSource sourceOf(Table table) {
        return new InMemoryRowSource("some rows", table);
    }
}
