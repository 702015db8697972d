package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.domain.spi.ArchiveProvider;
import io.hybridsnapshot.domain.spi.CodecProvider;
import io.hybridsnapshot.domain.spi.WindowProvider;
import java.util.Objects;
import java.util.Optional;

/**
 * The adapters from jars that take the place of the built-in ones. Immutable.
 *
 * @param archive the archive, if it is one of a jar
 * @param window the window, if it is one of a jar
 * @param codec the format of archived files, if it is one of a jar
 */
public record AdapterChoices(
        Optional<AdapterChoice<ArchiveProvider>> archive,
        Optional<AdapterChoice<WindowProvider>> window,
        Optional<AdapterChoice<CodecProvider>> codec) {
    /** The built-in adapters alone. */
    public static final AdapterChoices NONE = new AdapterChoices(Optional.empty(), Optional.empty(), Optional.empty());

    public AdapterChoices {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(codec, "codec");
    }
}
