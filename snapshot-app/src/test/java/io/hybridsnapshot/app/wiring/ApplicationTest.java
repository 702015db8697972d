package io.hybridsnapshot.app.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.inject.ConfigurationException;
import com.google.inject.Inject;
import com.google.inject.Injector;
import com.google.inject.Stage;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.catalogue.SnapshotList;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.retention.HoldArchives;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.VerifyDatasets;
import io.hybridsnapshot.postgres.archive.FetchListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    @TempDir
    Path home;

    private Injector injector() {
        Clock clock = Clock.fixed(Instant.parse("2026-09-27T08:15:00Z"), ZoneOffset.UTC);
        return Application.injector(Configuration.embedded(home, Map.of()), clock, FetchListener.NONE);
    }

    @Test
    void theGraphIsWholeWithoutAnyServer() {
        Injector injector = injector();
        SnapshotEnvironment environment = injector.getInstance(SnapshotEnvironment.class);
        assertSame(environment, injector.getInstance(Application.class).part(SnapshotEnvironment.class));
        assertSame(injector.getInstance(SnapshotCodec.class), environment.codec());
        assertEquals(home.resolve("work"), environment.workDirectory());
        assertEquals(Instant.parse("2026-09-27T08:15:00Z"), environment.clock().instant());
        for (Class<?> part : List.of(
                SaveSnapshot.class, VerifyDatasets.class, SnapshotList.class, HoldArchives.class, RowSources.class)) {
            assertSame(injector.getInstance(part), injector.getInstance(part));
        }
        injector.getInstance(Application.class).close();
        assertFalse(Files.exists(home.resolve("postgresql")), "no server was started");
    }

    @Test
    void whatCannotBeOpenedIsTriedAgainAndWhatIsOpenIsKept() {
        AtomicInteger attempts = new AtomicInteger();
        OnFirstUse<Object> store = new OnFirstUse<>(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw SnapshotException.unavailable("the store is down").build();
            }
            return new Object();
        });
        assertEquals(0, attempts.get());
        assertThrows(SnapshotException.class, store::get);
        assertSame(store.get(), store.get());
        assertEquals(2, attempts.get());
    }

    @Test
    void nothingIsBoundByChance() {
        Injector injector = injector();
        assertThrows(ConfigurationException.class, () -> injector.getInstance(Unbound.class));
        assertThrows(ConfigurationException.class, () -> injector.getInstance(Clock.class));
        assertEquals(Stage.PRODUCTION, injector.getInstance(Stage.class));
    }

    /** A class that Guice would create by itself if it were allowed to. */
    static final class Unbound {
        @Inject
        Unbound() {}
    }
}
