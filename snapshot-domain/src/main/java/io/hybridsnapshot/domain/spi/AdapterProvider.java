package io.hybridsnapshot.domain.spi;

import java.util.List;

/**
 * Describes an adapter that a program opens by its name. Implementations have a public constructor without parameters
 * and are named in a file of {@code META-INF/services}; they do nothing before they are asked to open.
 *
 * <p>A provider implements one of {@link ArchiveProvider}, {@link WindowProvider}, {@link SourceProvider} and {@link
 * CodecProvider}. The interfaces grow by default methods alone.
 */
public interface AdapterProvider {
    /**
     * Returns the name by which a configuration chooses the adapter: lower-case letters, digits and hyphens, beginning
     * with a letter. No other provider of the same port may have it.
     */
    String name();

    /** Returns the settings that the adapter accepts, in the order in which they are shown. */
    List<AdapterSetting> settings();
}
