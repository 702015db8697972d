package io.hybridsnapshot.app.adapter;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.spi.AdapterProvider;
import io.hybridsnapshot.domain.spi.AdapterSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * An adapter that a configuration chooses, with its settings. Immutable.
 *
 * @param adapter the provider and its jar
 * @param settings the user's values and the defaults
 */
public record AdapterChoice<P extends AdapterProvider>(ForeignAdapter<P> adapter, AdapterSettings settings) {
    public AdapterChoice {
        Objects.requireNonNull(adapter, "adapter");
        Objects.requireNonNull(settings, "settings");
    }

    /**
     * Asks the adapter whether the values fit together.
     *
     * @return what was found, by the name of a setting
     * @throws SnapshotException INVALID_REQUEST naming the jar if the adapter fails
     */
    public Map<String, String> problems() {
        try {
            return Collections.unmodifiableMap(
                    new LinkedHashMap<>(adapter.provider().problems(settings)));
        } catch (RuntimeException | LinkageError e) {
            throw failed(e);
        }
    }

    /**
     * Opens the adapter.
     *
     * @param opening the provider's method
     * @throws SnapshotException as the adapter does; INVALID_REQUEST naming the jar if the adapter fails otherwise
     */
    public <T> T open(BiFunction<P, AdapterSettings, T> opening) {
        try {
            T opened = opening.apply(adapter.provider(), settings);
            if (opened == null) {
                throw failed(new IllegalStateException("its provider returned nothing"));
            }
            return opened;
        } catch (SnapshotException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw failed(e);
        }
    }

    private SnapshotException failed(Throwable cause) {
        return SnapshotException.invalidRequest(
                        "the adapter '" + adapter.provider().name() + "' cannot be opened")
                .where(adapter.jar().toString())
                .actual(AdapterFault.text(cause))
                .expected("an adapter that opens with its settings")
                .nextStep("correct the settings, or ask the adapter's author")
                .cause(cause)
                .build();
    }
}
