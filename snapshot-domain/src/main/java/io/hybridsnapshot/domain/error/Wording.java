package io.hybridsnapshot.domain.error;

/** The names that an application gives to remedies. Implementations are safe to share. */
@FunctionalInterface
public interface Wording {
    /** The names of the Java API ({@link Remedy#words()}). */
    Wording API = Remedy::words;

    /**
     * Returns the name of a remedy. It stands where the remedy's own words would stand, so it has the same part of
     * speech. For an unknown remedy, for example of a foreign adapter, an application returns {@link Remedy#words()}.
     */
    String of(Remedy remedy);
}
