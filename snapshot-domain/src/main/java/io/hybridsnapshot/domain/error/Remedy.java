package io.hybridsnapshot.domain.error;

import java.io.Serializable;

/**
 * An action or a setting that a text tells the user to use, such as recovery or the consent to a future date. Texts of
 * the domain, the engine and the adapters refer to remedies and name no command and no option: an application gives
 * each remedy its own name ({@link Wording}). Enums implement it, one per module. Implementations are immutable.
 */
public interface Remedy extends Serializable {
    /**
     * Returns the name of this remedy for users of the Java API, fit to stand in a sentence: a noun or a verb phrase in
     * lower case, or a name of the API.
     */
    String words();
}
