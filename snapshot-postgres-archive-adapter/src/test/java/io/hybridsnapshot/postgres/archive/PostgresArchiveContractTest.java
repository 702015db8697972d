package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract;
import io.hybridsnapshot.testkit.contract.Hook;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresArchiveContractTest extends ArchiveStoreContract {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @BeforeAll
    static void makeTables() {
        PostgresArchiveSchema.create(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected ArchiveStore store() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected Hook<ByteFlipper> byteFlipper() {
        return Hook.of(new PostgresArchiveHooks(DATABASE).byteFlipper());
    }

    @Override
    protected Hook<BytesAtRest> bytesAtRest() {
        return Hook.of(new PostgresArchiveHooks(DATABASE).bytesAtRest());
    }

    @Override
    protected Hook<UnaryOperator<ArchiveStore>> reopener() {
        return Hook.of(store -> store());
    }
}
