package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.encryption.ConfiguredKeys;
import io.hybridsnapshot.app.encryption.PlainFiles;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.encryption.DecryptingSnapshotCodec;
import io.hybridsnapshot.encryption.EncryptingSnapshotCodec;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;

/** The archive's files, encrypted where that is configured; without it, encrypted ones are still recognised. */
final class EncryptionModule extends PrivateModule {
    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    ConfiguredKeys keys(Configuration configuration) {
        return new ConfiguredKeys(configuration.encryption());
    }

    @Provides
    @Singleton
    @Exposed
    SnapshotCodec codec(@PlainFormat SnapshotCodec plain, ConfiguredKeys keys) {
        return keys.isOn() ? new EncryptingSnapshotCodec(plain, keys) : new DecryptingSnapshotCodec(plain, keys);
    }

    @Provides
    @Singleton
    @Exposed
    PlainFiles plainFiles(Configuration configuration, @PlainFormat SnapshotCodec plain, ConfiguredKeys keys) {
        return configuration.adapters().codec().isEmpty()
                ? new PlainFiles(plain, keys)
                : PlainFiles.ofOtherFormat(
                        new ParquetSnapshotCodec(ParquetFiles.settings(configuration.parquet())), keys);
    }
}
