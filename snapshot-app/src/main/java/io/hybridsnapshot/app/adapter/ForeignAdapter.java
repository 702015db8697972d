package io.hybridsnapshot.app.adapter;

import io.hybridsnapshot.domain.spi.AdapterProvider;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A provider from a jar.
 *
 * @param provider the provider
 * @param jar the jar that names it
 * @param version the version that the jar's manifest states, or {@code unknown}
 */
public record ForeignAdapter<P extends AdapterProvider>(P provider, Path jar, String version) {
    public ForeignAdapter {
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(jar, "jar");
        Objects.requireNonNull(version, "version");
    }
}
