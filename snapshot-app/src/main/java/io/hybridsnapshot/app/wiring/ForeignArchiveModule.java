package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.spi.ArchiveProvider;
import java.util.Objects;

/** The archive of an adapter from a jar. */
final class ForeignArchiveModule extends PrivateModule {
    private final AdapterChoice<ArchiveProvider> choice;

    ForeignArchiveModule(AdapterChoice<ArchiveProvider> choice) {
        this.choice = Objects.requireNonNull(choice, "choice");
    }

    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    OnFirstUse<ArchiveStore> archive() {
        return new OnFirstUse<>(() -> choice.open(ArchiveProvider::open));
    }
}
