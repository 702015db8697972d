package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.TAGS;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.val;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jooq.Condition;

/**
 * Narrows archives by their tags in the database, with the GIN index. The platform compares tags as texts: a number
 * noted by the pipeline equals its text. JSON containment does not compare that way. The search therefore finds every
 * matching archive and may find others; the caller MUST compare exactly. Stateless.
 */
final class TagSearch {
    /** A number as {@code jsonb} prints it. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?");
    /** PostgreSQL also reads numbers of this length as numbers. Its own limit is some hundred thousand digits. */
    private static final int MOST_DIGITS = 1_000;

    private static final Set<String> LITERALS = Set.of("true", "false", "null");

    private TagSearch() {}

    /** True of every archive that has these tags, compared as texts. */
    static Condition mayHave(Map<String, String> tags) {
        Condition wanted = noCondition();
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            wanted = wanted.and(mayHave(tag.getKey(), tag.getValue()));
        }
        return wanted;
    }

    private static Condition mayHave(String name, String text) {
        boolean isNumber = NUMBER.matcher(text).matches();
        // A value that no JSON text of the database can hold cannot be a parameter of a statement either. An object or
        // a list has many spellings.
        if (!isStorable(name)
                || !isStorable(text)
                || text.startsWith("{")
                || text.startsWith("[")
                || isNumber && text.length() > MOST_DIGITS) {
            return noCondition();
        }
        Condition asText =
                condition("{0} @> jsonb_object({1}, {2})", TAGS, val(new String[] {name}), val(new String[] {text}));
        return isNumber || LITERALS.contains(text)
                ? asText.or(condition("{0} @> jsonb_build_object({1}::text, {2}::jsonb)", TAGS, val(name), val(text)))
                : asText;
    }

    private static boolean isStorable(String text) {
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            return false;
        }
        return text.indexOf('\0') < 0;
    }
}
