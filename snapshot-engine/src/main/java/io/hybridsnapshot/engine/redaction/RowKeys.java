package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.internal.pass.TypedText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Keys of rows as texts, one text for each key column in its order. They may name persons, so no message, no log and no
 * {@link #toString} shows one: a key is spoken of by its position, from 1. Immutable; safe to share between threads.
 */
public final class RowKeys {
    /**
     * A value of this number of characters identifies a person or an order; a shorter one may be a year or a country.
     */
    private static final int TELLING_LENGTH = 5;

    /** A key of fewer characters is found in any text. */
    private static final int FOUND_ANYWHERE = 4;

    private final int columns;
    private final List<List<Optional<String>>> keys;

    private RowKeys(int columns, List<List<Optional<String>>> keys) {
        this.columns = columns;
        this.keys = keys;
    }

    /**
     * Makes keys. Duplicates count once.
     *
     * @param columns the number of key columns
     * @param keys for each key its cells as {@link io.hybridsnapshot.domain.batch.CellText} shows them; empty: NULL
     * @throws SnapshotException INVALID_REQUEST if there is no key, or one has another number of cells or NULLs alone
     */
    public static RowKeys of(int columns, Collection<? extends List<Optional<String>>> keys) {
        Set<List<Optional<String>>> distinct = new LinkedHashSet<>();
        int position = 0;
        for (List<Optional<String>> key : keys) {
            position++;
            if (key.size() != columns) {
                throw SnapshotException.invalidRequest("a key does not fit the dataset's key columns")
                        .where("key number " + position)
                        .actual(key.size() + (key.size() == 1 ? " value" : " values"))
                        .expected("one for each of " + columns + (columns == 1 ? " key column" : " key columns"))
                        .nextStep("check which columns are the key, and quote a value that holds a comma")
                        .build();
            }
            if (key.stream().allMatch(Optional::isEmpty)) {
                throw SnapshotException.invalidRequest("a key without a value names no row")
                        .where("key number " + position)
                        .actual("NULL")
                        .expected("a value")
                        .build();
            }
            distinct.add(List.copyOf(key));
        }
        if (distinct.isEmpty()) {
            throw SnapshotException.invalidRequest("no keys are given")
                    .expected("at least one key")
                    .build();
        }
        return new RowKeys(columns, List.copyOf(distinct));
    }

    /** Returns how many different keys there are. */
    public int size() {
        return keys.size();
    }

    /** Returns how many key columns there are. */
    public int columns() {
        return columns;
    }

    /**
     * Checks whether a text reveals one of the keys. Values are searched for as words, in upper or lower case. A key is
     * revealed by one of its values of {@value #TELLING_LENGTH} characters or more, or by all of its values together.
     * Keys of fewer than {@value #FOUND_ANYWHERE} characters in total are ignored.
     */
    boolean areToldBy(String text) {
        return keys.stream().anyMatch(key -> {
            List<String> values = key.stream().flatMap(Optional::stream).toList();
            return values.stream().anyMatch(value -> value.length() >= TELLING_LENGTH && holdsWord(text, value))
                    || values.stream().mapToInt(String::length).sum() >= FOUND_ANYWHERE
                            && values.stream().allMatch(value -> holdsWord(text, value));
        });
    }

    private static boolean holdsWord(String text, String word) {
        int last = text.length() - word.length();
        for (int at = 0; at <= last && !word.isEmpty(); at++) {
            int end = at + word.length();
            if (text.regionMatches(true, at, word, 0, word.length())
                    && (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
                    && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)))) {
                return true;
            }
        }
        return word.isEmpty();
    }

    /**
     * Returns the identities that rows of these keys have.
     *
     * @param keySchema the key columns of a file, in the order of the texts
     * @param spec the rules for key columns
     */
    RowIdentities identities(Schema keySchema, HashSpec spec) {
        RowHasher hasher = RowHasher.ofIdentities(keySchema, spec, keySchema.names());
        RowIdentities identities = new RowIdentities(keys.size());
        List<Integer> positions = new ArrayList<>();
        List<ColumnVector> vectors = RowBatch.vectorsFor(keySchema, RowBatch.DEFAULT_ROWS);
        for (int key = 0; key < keys.size(); key++) {
            Optional<List<Consumer<ColumnVector>>> cells = cells(keySchema, keys.get(key));
            if (cells.isPresent()) {
                for (int column = 0; column < vectors.size(); column++) {
                    cells.get().get(column).accept(vectors.get(column));
                }
                positions.add(key);
            }
            if (positions.size() == RowBatch.DEFAULT_ROWS || key == keys.size() - 1 && !positions.isEmpty()) {
                add(hasher.hash(new RowBatch(keySchema, vectors)), positions, identities);
                vectors = RowBatch.vectorsFor(keySchema, RowBatch.DEFAULT_ROWS);
                positions.clear();
            }
        }
        return identities;
    }

    /**
     * Returns the identities that rows of these keys have. A key with a text that is no value of its column has none.
     *
     * @param keySchema the key columns of a file, in the order of the texts
     * @param spec the rules for key columns
     */
    public Set<UUID> identitiesIn(Schema keySchema, HashSpec spec) {
        RowHasher hasher = RowHasher.ofIdentities(keySchema, spec, keySchema.names());
        Set<UUID> identities = new LinkedHashSet<>();
        for (List<Optional<String>> key : keys) {
            cells(keySchema, key).ifPresent(cells -> {
                List<ColumnVector> vectors = RowBatch.vectorsFor(keySchema, 1);
                for (int column = 0; column < vectors.size(); column++) {
                    cells.get(column).accept(vectors.get(column));
                }
                KeyedHashes hashes = hasher.hash(new RowBatch(keySchema, vectors));
                if (!hashes.lacksIdentity(0)) {
                    identities.add(hashes.identity(0));
                }
            });
        }
        return identities;
    }

    /** Returns how many keys have a text that is no value of its column. */
    int unfit(Schema keySchema) {
        return (int)
                keys.stream().filter(key -> cells(keySchema, key).isEmpty()).count();
    }

    private static void add(KeyedHashes hashes, List<Integer> positions, RowIdentities identities) {
        for (int row = 0; row < hashes.size(); row++) {
            if (!hashes.lacksIdentity(row)) {
                identities.add(hashes.identityHigh(row), hashes.identityLow(row), positions.get(row));
            }
        }
    }

    /** Returns the cells of a key in columns of these types; empty where one of its texts is no value of its column. */
    private static Optional<List<Consumer<ColumnVector>>> cells(Schema keySchema, List<Optional<String>> key) {
        List<Consumer<ColumnVector>> cells = new ArrayList<>(key.size());
        for (int column = 0; column < key.size(); column++) {
            Optional<String> text = key.get(column);
            Optional<Consumer<ColumnVector>> cell = text.isEmpty()
                    ? Optional.of(ColumnVector::appendNull)
                    : TypedText.cell(keySchema.column(column).type(), text.get());
            if (cell.isEmpty()) {
                return Optional.empty();
            }
            cells.add(cell.get());
        }
        return Optional.of(cells);
    }

    @Override
    public String toString() {
        return keys.size() + (keys.size() == 1 ? " key" : " keys");
    }
}
