package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;

/** The format of archived files, before they are encrypted. */
final class ParquetModule extends PrivateModule {
    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    @PlainFormat
    SnapshotCodec codec(Configuration configuration) {
        return new ParquetSnapshotCodec(ParquetFiles.settings(configuration.parquet()));
    }
}
