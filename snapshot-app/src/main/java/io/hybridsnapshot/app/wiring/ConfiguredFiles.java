package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.encryption.ConfiguredKeys;
import io.hybridsnapshot.app.encryption.PlainFiles;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.spi.CodecProvider;
import io.hybridsnapshot.encryption.DecryptingSnapshotCodec;
import io.hybridsnapshot.encryption.EncryptingSnapshotCodec;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import java.util.Objects;

/**
 * The formats of files by the configuration. Safe to share.
 *
 * @param archived the archives' files, encrypted where that is configured; without it, encrypted ones are still
 *     recognised
 * @param plain files for people and other programs
 */
record ConfiguredFiles(SnapshotCodec archived, PlainFiles plain) {
    ConfiguredFiles {
        Objects.requireNonNull(archived, "archived");
        Objects.requireNonNull(plain, "plain");
    }

    /**
     * The formats of a configuration.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException as the adapter of a configured format does
     */
    static ConfiguredFiles of(Configuration configuration) {
        ConfiguredKeys keys = new ConfiguredKeys(configuration.encryption());
        SnapshotCodec parquet = new ParquetSnapshotCodec(ParquetFiles.settings(configuration.parquet()));
        SnapshotCodec format = configuration
                .adapters()
                .codec()
                .map(choice -> choice.open(CodecProvider::open))
                .orElse(parquet);
        return new ConfiguredFiles(
                keys.isOn() ? new EncryptingSnapshotCodec(format, keys) : new DecryptingSnapshotCodec(format, keys),
                configuration.adapters().codec().isEmpty()
                        ? new PlainFiles(parquet, keys)
                        : PlainFiles.ofOtherFormat(parquet, keys));
    }
}
