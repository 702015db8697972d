package io.hybridsnapshot.domain.error;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text for users that may refer to remedies. It reads in the words of the Java API ({@link #toString()}) or in those
 * of an application ({@link #in}). Immutable.
 */
public final class RemedyText implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final Pattern PLACE = Pattern.compile("\\{(\\d)}");
    private static final int UNLIMITED = Integer.MAX_VALUE;

    /** Each one a String, a {@link Remedy} or a {@link RemedyText}. */
    private final Serializable[] parts;

    private final int limit;

    private RemedyText(Serializable[] parts, int limit) {
        this.parts = parts;
        this.limit = limit;
    }

    /** Returns a text without remedies. Braces have no meaning in it. */
    public static RemedyText plain(String text) {
        return new RemedyText(new Serializable[] {text}, UNLIMITED);
    }

    /**
     * Returns a text with values at its places: {@code of("{0} shows them", CommonRemedy.LIST)}.
     *
     * @param pattern the text; {@code {0}} to {@code {9}} are the places of the values
     * @param values remedies, other texts of this kind, or anything else, which is shown as its {@code toString()} and
     *     not read as a pattern
     */
    public static RemedyText of(String pattern, Object... values) {
        List<Serializable> parts = new ArrayList<>();
        Matcher places = PLACE.matcher(pattern);
        int at = 0;
        while (places.find()) {
            int position = Integer.parseInt(places.group(1));
            if (position < values.length) {
                parts.add(pattern.substring(at, places.start()));
                parts.add(part(values[position]));
                at = places.end();
            }
        }
        parts.add(pattern.substring(at));
        return new RemedyText(parts.toArray(Serializable[]::new), UNLIMITED);
    }

    /** Returns texts with a separator between them. */
    public static RemedyText joined(String separator, List<RemedyText> texts) {
        List<Serializable> parts = new ArrayList<>();
        for (RemedyText text : texts) {
            if (!parts.isEmpty()) {
                parts.add(separator);
            }
            parts.add(text);
        }
        return new RemedyText(parts.toArray(Serializable[]::new), UNLIMITED);
    }

    private static Serializable part(Object value) {
        if (value instanceof Remedy remedy) {
            return remedy;
        }
        return value instanceof RemedyText text ? text : String.valueOf(value);
    }

    /**
     * Returns the same text, escaped and cut as {@link SafeText#cut} does it. The names of the remedies count, so each
     * wording is cut for itself.
     *
     * @param most the most characters before escaping, at least 3
     */
    public RemedyText cut(int most) {
        return new RemedyText(new Serializable[] {this}, most);
    }

    /** Returns the text with the names that a wording gives to its remedies. */
    public String in(Wording wording) {
        StringBuilder text = new StringBuilder();
        for (Serializable part : parts) {
            if (part instanceof Remedy remedy) {
                text.append(wording.of(remedy));
            } else if (part instanceof RemedyText inner) {
                text.append(inner.in(wording));
            } else {
                text.append(part);
            }
        }
        return limit == UNLIMITED ? text.toString() : SafeText.cut(text.toString(), limit);
    }

    /** Returns the remedies in the order of the text; a remedy that the text names twice is there twice. */
    public List<Remedy> remedies() {
        List<Remedy> remedies = new ArrayList<>();
        for (Serializable part : parts) {
            if (part instanceof Remedy remedy) {
                remedies.add(remedy);
            } else if (part instanceof RemedyText inner) {
                remedies.addAll(inner.remedies());
            }
        }
        return List.copyOf(remedies);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RemedyText text && limit == text.limit && Arrays.equals(parts, text.parts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(parts) + limit;
    }

    /** Returns the text in the words of the Java API. */
    @Override
    public String toString() {
        return in(Wording.API);
    }
}
