package io.hybridsnapshot.app.adapter;

import io.hybridsnapshot.domain.spi.AdapterProvider;
import io.hybridsnapshot.domain.spi.ArchiveProvider;
import io.hybridsnapshot.domain.spi.CodecProvider;
import io.hybridsnapshot.domain.spi.SourceProvider;
import io.hybridsnapshot.domain.spi.WindowProvider;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The adapters that the jars of a directory provide, by their names. Immutable.
 *
 * @param archives the archives
 * @param windows the windows
 * @param sources the sources of rows
 * @param codecs the file formats
 */
public record ForeignAdapters(
        Map<String, ForeignAdapter<ArchiveProvider>> archives,
        Map<String, ForeignAdapter<WindowProvider>> windows,
        Map<String, ForeignAdapter<SourceProvider>> sources,
        Map<String, ForeignAdapter<CodecProvider>> codecs) {
    /** No adapters. */
    public static final ForeignAdapters NONE = new ForeignAdapters(Map.of(), Map.of(), Map.of(), Map.of());

    public ForeignAdapters {
        archives = ordered(archives);
        windows = ordered(windows);
        sources = ordered(sources);
        codecs = ordered(codecs);
    }

    private static <P extends AdapterProvider> Map<String, ForeignAdapter<P>> ordered(
            Map<String, ForeignAdapter<P>> adapters) {
        return Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNull(adapters, "adapters")));
    }

    /**
     * Loads the adapters of a directory. Its jars share one class loader; those of each directory below it share
     * another one.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the directory or a jar cannot be
     *     read, a provider cannot be loaded, or two have one name
     */
    public static ForeignAdapters load(Path directory) {
        AdapterJars jars = AdapterJars.in(directory);
        return new ForeignAdapters(
                jars.adapters(ArchiveProvider.class, "archive"),
                jars.adapters(WindowProvider.class, "window"),
                jars.adapters(SourceProvider.class, "source"),
                jars.adapters(CodecProvider.class, "codec"));
    }
}
