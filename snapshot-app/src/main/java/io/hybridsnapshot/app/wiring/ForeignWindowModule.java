package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.spi.WindowProvider;
import io.hybridsnapshot.domain.window.WindowStore;
import java.util.Objects;

/** The window of an adapter from a jar. */
final class ForeignWindowModule extends PrivateModule {
    private final AdapterChoice<WindowProvider> choice;

    ForeignWindowModule(AdapterChoice<WindowProvider> choice) {
        this.choice = Objects.requireNonNull(choice, "choice");
    }

    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    OnFirstUse<WindowStore> window() {
        return new OnFirstUse<>(() -> choice.open(WindowProvider::open));
    }

    @Provides
    @Singleton
    @Exposed
    @WindowDatabase
    QueryDatabase queries() {
        return (description, query) -> {
            throw SnapshotException.invalidRequest("the window runs no queries")
                    .where(description)
                    .actual("the window '" + choice.adapter().provider().name() + "'")
                    .expected("a query with a server of its own")
                    .nextStep("name the server beside the query")
                    .build();
        };
    }
}
