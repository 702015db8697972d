package io.hybridsnapshot.app.wiring;

import com.google.inject.Exposed;
import com.google.inject.PrivateModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import java.util.Objects;

/** The format of archived files of an adapter from a jar, before they are encrypted. */
final class CodecModule extends PrivateModule {
    private final SnapshotCodec codec;

    CodecModule(SnapshotCodec codec) {
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    @Override
    protected void configure() {
        // All bindings are provider methods.
    }

    @Provides
    @Singleton
    @Exposed
    @PlainFormat
    SnapshotCodec codec() {
        return codec;
    }
}
