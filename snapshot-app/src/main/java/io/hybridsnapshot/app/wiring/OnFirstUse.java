package io.hybridsnapshot.app.wiring;

import com.google.inject.Provider;
import io.hybridsnapshot.domain.error.CauseText;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Opens something on first use and keeps it. An attempt that fails is repeated at the next use. A command that needs
 * the archive alone therefore does not wait for the window, and the other way round. Thread-safe.
 */
final class OnFirstUse<T> implements Provider<T>, AutoCloseable {
    private final Supplier<T> opening;
    private Optional<T> opened = Optional.empty();

    OnFirstUse(Supplier<T> opening) {
        this.opening = Objects.requireNonNull(opening, "opening");
    }

    @Override
    public synchronized T get() {
        if (opened.isEmpty()) {
            opened = Optional.of(opening.get());
        }
        return opened.get();
    }

    /** Closes what was opened, if it can be closed. */
    @Override
    public synchronized void close() {
        Optional<T> closing = opened;
        opened = Optional.empty();
        if (closing.isPresent() && closing.get() instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw SnapshotException.unavailable("a store cannot be closed")
                        .actual(CauseText.of(e))
                        .cause(e)
                        .build();
            }
        }
    }
}
