package io.hybridsnapshot.app.wiring;

import com.google.inject.Provider;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Opens something on first use and keeps it. An attempt that fails is repeated at the next use. A command that needs the
 * archive alone therefore does not wait for the window, and the other way round. Thread-safe.
 */
final class OnFirstUse<T> implements Provider<T> {
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
}
