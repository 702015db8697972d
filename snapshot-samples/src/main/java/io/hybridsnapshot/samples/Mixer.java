package io.hybridsnapshot.samples;

/**
 * Draws of numbers by hashing: the same key gives the same draw, whatever was drawn before, so that any row of any day
 * can be made alone. The finaliser is that of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, 2014); it is a bijection.
 */
final class Mixer {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private Mixer() {}

    static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** A draw for the ordinal-th thing of a family; a bijection of the ordinal. */
    static long draw(long family, long ordinal) {
        return mix(family + ordinal * GAMMA);
    }

    /** A family of draws that belongs to a topic. */
    static long topic(String name) {
        return draw(0x6F7264657273L, name.hashCode());
    }

    /** A number from 0 (inclusive) to a bound (exclusive) of at most 2^31 from the upper half of a draw. */
    static int below(long draw, int bound) {
        return (int) ((draw >>> 32) * bound >>> 32);
    }
}
