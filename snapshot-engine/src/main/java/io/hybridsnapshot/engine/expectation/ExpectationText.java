package io.hybridsnapshot.engine.expectation;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the texts of expectations. Words may be in upper or lower case; a column's name is taken as it is. Stateless.
 */
final class ExpectationText {
    /** The end of a rule that only warns. */
    static final String WARNS = " otherwise warn";

    private static final Pattern OTHERWISE =
            Pattern.compile("(.*\\S)\\s+otherwise(?:\\s+([A-Za-z]*))?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern COUNT = Pattern.compile("([A-Za-z-]+)\\s*([^A-Za-z\\s-].*|)", Pattern.DOTALL);
    private static final Pattern WORDS = Pattern.compile("([A-Za-z-]+)\\s+(\\S.*)", Pattern.DOTALL);
    private static final Pattern COLUMN =
            Pattern.compile("column\\s+(.*\\S)\\s+changed\\s*([<>=].*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern BOUND = Pattern.compile("(<=|>=|<|>|=)\\s*([0-9]{1,18}(?:\\.[0-9]{1,9})?)\\s*(%?)");
    private static final String A_BOUND = "one of <=, >=, <, > and =, then a whole number of rows or a per cent"
            + " (changed <= 100, changed <= 2.5%)";
    private static final String A_COLUMN = "a column's name and a limit (column PRICE changed <= 1%); a name that"
            + " begins with a quotation mark stands in quotation marks, in which each is doubled";
    private static final String NONE = "none";

    private final String text;

    private ExpectationText(String text) {
        this.text = text;
    }

    static Expectation parse(String text) {
        return new ExpectationText(text).parsed();
    }

    private Expectation parsed() {
        String rule = text.strip();
        Otherwise otherwise = Otherwise.REFUSE;
        Matcher end = OTHERWISE.matcher(rule);
        if (end.matches()) {
            otherwise = consequence(Optional.ofNullable(end.group(2)).orElse(""));
            rule = end.group(1);
        }
        return new Expectation(rule(rule), otherwise);
    }

    private Otherwise consequence(String word) {
        return Arrays.stream(Otherwise.values())
                .filter(each -> each.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> wrong("'otherwise " + word + "'", "otherwise warn or otherwise refuse"));
    }

    private ExpectationRule rule(String rule) {
        if (rule.regionMatches(true, 0, "column", 0, "column".length())) {
            Matcher column = COLUMN.matcher(rule);
            if (!column.matches()) {
                throw wrong("'" + rule + "'", A_COLUMN);
            }
            return new ExpectationRule.Column(name(column.group(1)), bound(column.group(2)));
        }
        Matcher words = WORDS.matcher(rule);
        Matcher counted = COUNT.matcher(rule);
        String word = words.matches() ? words.group(1) : counted.matches() ? counted.group(1) : rule;
        for (ExpectationRule.ColumnDrift drift : ExpectationRule.ColumnDrift.values()) {
            if (drift.word().equalsIgnoreCase(word)) {
                if (!words.matches() || !words.group(2).equalsIgnoreCase(NONE)) {
                    throw wrong("'" + rule.substring(word.length()).strip() + "' after '" + word + "'", NONE);
                }
                return new ExpectationRule.NoDrift(drift);
            }
        }
        for (ExpectationRule.RowCount count : ExpectationRule.RowCount.values()) {
            if (count.word().equalsIgnoreCase(word)) {
                return new ExpectationRule.Rows(
                        count, bound(rule.substring(word.length()).strip()));
            }
        }
        throw wrong("'" + word + "'", NearestName.expected(subjects(), known(), word.toLowerCase(Locale.ROOT)));
    }

    private static String subjects() {
        List<String> words = new ArrayList<>(known());
        return String.join(", ", words.subList(0, words.size() - 1)) + " or column NAME changed, and a limit";
    }

    private static List<String> known() {
        List<String> words = new ArrayList<>();
        Arrays.stream(ExpectationRule.RowCount.values()).forEach(each -> words.add(each.word()));
        Arrays.stream(ExpectationRule.ColumnDrift.values()).forEach(each -> words.add(each.word()));
        words.add("column");
        return words;
    }

    private Bound bound(String limit) {
        Matcher parts = BOUND.matcher(limit);
        if (!parts.matches()) {
            throw wrong(limit.isEmpty() ? "no limit" : "'" + limit + "'", A_BOUND);
        }
        Bound.Relation relation = Arrays.stream(Bound.Relation.values())
                .filter(each -> each.sign().equals(parts.group(1)))
                .findFirst()
                .orElseThrow();
        BigDecimal amount = new BigDecimal(parts.group(2));
        Bound.Unit unit = parts.group(3).isEmpty() ? Bound.Unit.ROWS : Bound.Unit.PER_CENT_BEFORE;
        if (unit == Bound.Unit.ROWS && amount.stripTrailingZeros().scale() > 0) {
            throw wrong("'" + limit + "', a part of a row", "a whole number of rows, or % behind the number");
        }
        return new Bound(relation, amount, unit);
    }

    private String name(String written) {
        char mark = written.charAt(0);
        if (mark != '"' && mark != '\'') {
            return written;
        }
        String twice = String.valueOf(mark).repeat(2);
        String inner = written.length() < 2 ? "" : written.substring(1, written.length() - 1);
        boolean isClosed = written.length() >= 2 && written.charAt(written.length() - 1) == mark;
        if (!isClosed || inner.replace(twice, "").indexOf(mark) >= 0 || inner.isEmpty()) {
            throw wrong("the name " + written, A_COLUMN);
        }
        return inner.replace(twice, String.valueOf(mark));
    }

    /** Returns a name as a rule holds it: unchanged where it is read back as it is, in quotation marks otherwise. */
    static String quoted(String name) {
        boolean isPlain =
                !name.isEmpty() && name.equals(name.strip()) && name.charAt(0) != '"' && name.charAt(0) != '\'';
        return isPlain ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    private SnapshotException wrong(String actual, String expected) {
        return SnapshotException.invalidRequest("an expectation cannot be read")
                .where("'" + text + "'")
                .actual(actual)
                .expected(expected)
                .nextStep("correct the rule; the page 'Check a change before it is published' shows every form")
                .build();
    }
}
