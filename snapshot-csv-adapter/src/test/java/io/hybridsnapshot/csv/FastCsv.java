package io.hybridsnapshot.csv;

import de.siegmar.fastcsv.reader.CsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.RecordType;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the library FastCSV and the JDK's decoder read from the bytes of a CSV file: a line of text for each cell, and
 * one for the fault that ends the file. Shares no code with the adapter.
 */
final class FastCsv {
    /** Characters that the JDK could decode, and then an error if bytes are left. */
    private static final class Strict extends Reader {
        private final StringReader characters;
        private final boolean malformed;

        Strict(String characters, boolean malformed) {
            this.characters = new StringReader(characters);
            this.malformed = malformed;
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            int count = characters.read(buffer, offset, length);
            if (count < 0 && malformed) {
                throw new IOException("malformed");
            }
            return count;
        }

        @Override
        public void close() {
            characters.close();
        }
    }

    private FastCsv() {}

    /** Reads a file, which has as many columns as its first record has fields. */
    static List<String> read(byte[] bytes, char separator, char quote) {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        CharBuffer decoded = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(source, decoded, true);
        String text = decoded.flip().toString();
        boolean malformed = result.isError();
        Records records = new Records();
        try (CsvReader<Boolean> reader = CsvReader.builder()
                .fieldSeparator(separator)
                .quoteCharacter(quote)
                .skipEmptyLines(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .build(records, new Strict(text.startsWith("\uFEFF") ? text.substring(1) : text, malformed))) {
            reader.forEach(record -> records.requireSuccess());
            boolean cut = records.shortRow && !text.endsWith("\n") && !text.endsWith("\r");
            return records.outcome(records.shortRow ? (cut ? "CUT" : "RAGGED") : "NONE");
        } catch (UncheckedIOException e) {
            return records.outcome(records.shortRow ? "RAGGED" : "MALFORMED at " + source.position());
        } catch (CsvParseException e) {
            String message = Objects.requireNonNullElse(e.getMessage(), "");
            return records.outcome(
                    records.shortRow || records.longRow
                            ? "RAGGED"
                            : message.startsWith("Unclosed")
                                    ? "UNCLOSED_QUOTE"
                                    : message.startsWith("Unexpected character") ? "TEXT_AFTER_QUOTE" : message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Records extends CsvCallbackHandler<Boolean> {
        private final List<String> found = new ArrayList<>();
        private int width;
        private int fields;
        private boolean blank;
        private boolean shortRow;
        private boolean longRow;
        private long line;
        private long nextLine = 1;
        private int breaks;

        List<String> outcome(String fault) {
            found.add(longRow ? "RAGGED" : fault);
            return found;
        }

        /** A row with too many fields ends the reading. One with too few does so at the record behind it. */
        void requireSuccess() {
            if (longRow) {
                throw new CsvParseException("a long row");
            }
        }

        @Override
        protected RecordType getRecordType() {
            return RecordType.DATA;
        }

        @Override
        protected int getFieldCount() {
            return fields;
        }

        @Override
        protected void beginRecord(long startingLineNumber) {
            if (shortRow || longRow) {
                throw new CsvParseException("a row of another width");
            }
            line = nextLine;
            breaks = 0;
            fields = 0;
            blank = false;
        }

        @Override
        protected void addField(char[] buffer, int offset, int length, boolean quoted) {
            String text = new String(buffer, offset, length);
            if (quoted) {
                breaks += (int) text.replace("\r\n", "\n")
                        .chars()
                        .filter(c -> c == '\n' || c == '\r')
                        .count();
            }
            if (width == 0 || fields < width) {
                found.add(line + ":" + fields + (length == 0 && quoted ? " quoted" : " " + text));
            }
            fields++;
        }

        @Override
        protected void setEmpty() {
            if (width == 1) {
                addField(new char[0], 0, 0, false);
            } else {
                blank = true;
            }
        }

        @Override
        protected void setComment(char[] buffer, int offset, int length) {
            throw new IllegalStateException();
        }

        @Override
        protected Boolean buildRecord() {
            nextLine = line + 1 + breaks;
            if (blank) {
                return null;
            }
            if (width == 0) {
                width = fields;
            } else {
                shortRow = fields < width;
                longRow = fields > width;
            }
            return Boolean.TRUE;
        }
    }
}
