package io.hybridsnapshot.app.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationTest {
    @TempDir
    Path home;

    private Application application() {
        Clock clock = Clock.fixed(Instant.parse("2026-09-27T08:15:00Z"), ZoneOffset.UTC);
        return Application.open(Configuration.embedded(home, Map.of()), clock);
    }

    @Test
    void theGraphIsWholeWithoutAnyServer() throws ReflectiveOperationException {
        try (Application application = application()) {
            SnapshotEnvironment environment = application.environment();
            assertSame(environment, application.environment());
            assertEquals(home.resolve("work"), environment.workDirectory());
            assertEquals(
                    Instant.parse("2026-09-27T08:15:00Z"), environment.clock().instant());
            for (Method part : Application.class.getDeclaredMethods()) {
                if (Modifier.isPublic(part.getModifiers())
                        && part.getParameterCount() == 0
                        && part.getReturnType() != void.class) {
                    assertNotNull(part.invoke(application), part.getName());
                }
            }
        }
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
}
