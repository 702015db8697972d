package io.hybridsnapshot.domain.spi;

import java.util.List;
import java.util.Map;

/**
 * Describes an adapter that a program opens by its name. Implementations have a public constructor without parameters
 * and are named in a file of {@code META-INF/services}; they do nothing before they are asked to open. They are safe to
 * share between threads.
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

    /**
     * Finds values that fit their types and are wrong all the same, for example two settings of which only one may be
     * given. A program asks when it reads its configuration, before it shows a value, and does not open an adapter with
     * problems. The default finds none.
     *
     * @param settings the values of {@link #settings()}: all required ones are present, and each fits its type
     * @return what was found and what is expected, by the name of a setting; a text completes a sentence that begins
     *     with the setting's name, and shows no secret
     */
    default Map<String, String> problems(AdapterSettings settings) {
        return Map.of();
    }
}
