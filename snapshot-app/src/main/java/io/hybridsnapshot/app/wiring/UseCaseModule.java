package io.hybridsnapshot.app.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;

/** Binds the objects that the use cases work with. */
final class UseCaseModule extends AbstractModule {
    private final Clock clock;

    UseCaseModule(Clock clock) {
        this.clock = clock;
    }

    @Override
    protected void configure() {
        bind(Application.class).in(Singleton.class);
    }

    @Provides
    @Singleton
    SnapshotEnvironment environment(
            Configuration configuration, WindowStore window, ArchiveStore archive, SnapshotCodec codec) {
        return new SnapshotEnvironment(
                window,
                archive,
                codec,
                configuration.workDirectory(),
                clock,
                holder(),
                SnapshotEnvironment.DEFAULT_ROWS_IN_MEMORY);
    }

    private static String holder() {
        long process = ProcessHandle.current().pid();
        try {
            return "snapshot on " + InetAddress.getLocalHost().getHostName() + ", process " + process;
        } catch (UnknownHostException e) {
            return "snapshot, process " + process;
        }
    }
}
