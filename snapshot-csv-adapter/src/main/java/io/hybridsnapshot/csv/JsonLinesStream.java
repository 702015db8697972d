package io.hybridsnapshot.csv;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The objects of one reading of a file of JSON lines. A blank line is ignored. Each line is parsed on its own, so that
 * an error names the line and a value cannot run into the next. For one thread.
 */
final class JsonLinesStream implements RecordStream {
    /** A longer line is taken for a file that has no lines; a whole line is in memory. */
    static final int MAX_LINE_BYTES = 64 << 20;

    /** Room for a whole character behind the longest line, so that a longer line is seen to be too long. */
    private static final int ONE_CHARACTER = 8;

    /** So many values may stand within each other. */
    static final int MAX_DEPTH = 500;

    private static final int LONGEST_NAME = 1 << 16;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_LINE_BYTES)
                    .maxNumberLength(MAX_LINE_BYTES)
                    .maxNameLength(LONGEST_NAME)
                    .build())
            .build();

    private final CsvFile file;
    private final AtomicLong position = new AtomicLong();
    private final Utf8Bytes bytes;
    private final List<String> columns;
    private final Map<String, Integer> positions;

    /** By column: the line that had it last. */
    private final long[] lastLines;

    private long line;
    private long firstLine;
    private boolean atEnd;

    /** Where the line that {@link #findLine} found ends. */
    private int lineEnd;

    JsonLinesStream(CsvFile file, List<String> columns) {
        this.file = file;
        this.columns = columns;
        this.positions = new HashMap<>(2 * columns.size());
        for (String column : columns) {
            positions.put(column, positions.size());
        }
        this.lastLines = new long[columns.size()];
        this.bytes = new Utf8Bytes(file.open(position), CellBlock.BLOCK_BYTES);
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public long firstNumber() {
        return Math.max(1, firstLine);
    }

    @Override
    public String place(long number) {
        return "line " + number;
    }

    @Override
    public long position() {
        return position.get();
    }

    /** Adds the names of all objects to a set. */
    void collectNames(Set<String> names) {
        for (int length = nextLine(); length >= 0; length = nextLine()) {
            int start = bytes.position - length;
            try (JsonParser json = JSON.createParser(bytes.buffer, start, length)) {
                requireObject(json, start, length);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    names.add(json.currentName());
                    json.nextToken();
                    json.skipChildren();
                }
                requireEnd(json);
            } catch (IOException e) {
                throw malformed(e);
            }
            if (names.size() > CellPass.MAX_COLUMNS) {
                throw tooManyNames(names.size());
            }
            skipLineBreak();
        }
    }

    @Override
    public boolean next(RecordCells cells) {
        int length = nextLine();
        if (length < 0) {
            return false;
        }
        int start = bytes.position - length;
        cells.begin(line);
        try (JsonParser json = JSON.createParser(bytes.buffer, start, length)) {
            requireObject(json, start, length);
            int expected = 0;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                // Most objects have the names in the same order.
                int column =
                        expected < columns.size() && columns.get(expected).equals(name) ? expected : position(name);
                expected = column + 1;
                if (lastLines[column] == line) {
                    throw twice(name);
                }
                lastLines[column] = line;
                value(json, json.nextToken(), column, cells);
            }
            requireEnd(json);
        } catch (IOException e) {
            throw malformed(e);
        }
        cells.end();
        skipLineBreak();
        return true;
    }

    private int position(String name) {
        Integer position = positions.get(name);
        if (position == null) {
            throw SnapshotException.invalidRequest("an object has a name that is no column")
                    .where(at())
                    .actual("'" + CellErrors.cut(name) + "'")
                    .expected("one of " + CellErrors.names(columns))
                    .nextStep("read the file again if it was written meanwhile")
                    .build();
        }
        return position;
    }

    private static void value(JsonParser json, JsonToken token, int column, RecordCells cells) throws IOException {
        switch (token) {
            case VALUE_NULL -> {
                return;
            }
            case START_OBJECT, START_ARRAY -> {
                ByteArrayOutputStream compact = new ByteArrayOutputStream();
                try (JsonGenerator out = JSON.createGenerator(compact)) {
                    copy(json, out);
                }
                byte[] text = compact.toByteArray();
                cells.text(column, text, 0, text.length);
            }
            default -> cells.text(column, json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
        }
    }

    /** Copies an object or an array without blanks; numbers keep their digits, members their order. */
    private static void copy(JsonParser json, JsonGenerator out) throws IOException {
        int depth = 0;
        do {
            switch (json.currentToken()) {
                case START_OBJECT -> out.writeStartObject();
                case START_ARRAY -> out.writeStartArray();
                case END_OBJECT -> out.writeEndObject();
                case END_ARRAY -> out.writeEndArray();
                case FIELD_NAME -> out.writeFieldName(json.currentName());
                case VALUE_STRING ->
                    out.writeString(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(json.getText());
                case VALUE_TRUE, VALUE_FALSE -> out.writeBoolean(json.getBooleanValue());
                default -> out.writeNull();
            }
            depth += json.currentToken().isStructStart()
                    ? 1
                    : json.currentToken().isStructEnd() ? -1 : 0;
        } while (depth > 0 && json.nextToken() != null);
    }

    private void requireObject(JsonParser json, int start, int length) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            String text = new String(bytes.buffer, start, Math.min(length, 256), StandardCharsets.UTF_8);
            throw SnapshotException.invalidRequest("a line is no JSON object")
                    .where(at())
                    .actual("'" + CellErrors.cut(text.strip()) + "'")
                    .expected("one object a line, such as {\"id\":1,\"name\":\"a\"}")
                    .nextStep("write the table as JSON lines; an array of objects is turned into them by jq -c '.[]'")
                    .build();
        }
    }

    private void requireEnd(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw SnapshotException.invalidRequest("text stands behind the JSON object of a line")
                    .where(at())
                    .actual("text from column " + json.currentTokenLocation().getColumnNr() + " on")
                    .expected("a line end behind the object")
                    .nextStep("write one object a line")
                    .build();
        }
    }

    /**
     * Finds the next line that is not blank. It then ends at the position of the bytes.
     *
     * @return its length without the line end; -1 at the end of the file
     */
    private int nextLine() {
        while (true) {
            if (!findLine()) {
                return -1;
            }
            int end = lineEnd;
            boolean blank = true;
            for (int at = bytes.position; at < end && blank; at++) {
                byte b = bytes.buffer[at];
                blank = b == ' ' || b == '\t' || b == '\r';
            }
            line++;
            int length = end - bytes.position;
            bytes.position = end;
            if (!blank) {
                if (firstLine == 0) {
                    firstLine = line;
                }
                return length;
            }
            skipLineBreak();
        }
    }

    /** Reads until a whole line is in the buffer. Returns false at the end of the file. */
    private boolean findLine() {
        int scanned = 0;
        while (true) {
            byte[] b = bytes.buffer;
            for (int at = bytes.position + scanned; at < bytes.limit; at++) {
                if (b[at] == '\n') {
                    lineEnd = at;
                    return true;
                }
            }
            scanned = bytes.limit - bytes.position;
            if (bytes.isEnd()) {
                atEnd = true;
                lineEnd = bytes.limit;
                return scanned > 0;
            }
            if (scanned > MAX_LINE_BYTES) {
                throw lineTooLong();
            }
            if (bytes.isFull()) {
                bytes.grow(Math.min(2 * bytes.capacity(), MAX_LINE_BYTES + ONE_CHARACTER));
            }
            try {
                bytes.fill(Math.max(1, scanned));
            } catch (MalformedUtf8Exception e) {
                throw malformed(e);
            } catch (IOException e) {
                throw file.failure(e);
            }
        }
    }

    private void skipLineBreak() {
        bytes.position += atEnd ? 0 : 1;
    }

    private SnapshotException lineTooLong() {
        return SnapshotException.invalidRequest("a line is too long")
                .where(file.place() + ", line " + (line + 1))
                .actual("more than " + MAX_LINE_BYTES + " bytes")
                .expected("at most " + MAX_LINE_BYTES)
                .nextStep("check whether the file has one object a line")
                .build();
    }

    private SnapshotException tooManyNames(int count) {
        return SnapshotException.invalidRequest("the objects have too many names")
                .where(at())
                .actual(count + " names so far")
                .expected("at most " + CellPass.MAX_COLUMNS)
                .nextStep("check whether the objects are rows of one table")
                .build();
    }

    private SnapshotException twice(String name) {
        return SnapshotException.invalidRequest("an object has a name twice")
                .where(at())
                .actual("'" + CellErrors.cut(name) + "'")
                .expected("every name once")
                .nextStep("correct the program that wrote the file")
                .build();
    }

    private SnapshotException malformed(MalformedUtf8Exception e) {
        OptionalLong found = file.lineOf(e.offset());
        return SnapshotException.invalidRequest("the JSON lines file is not UTF-8")
                .where(found.isPresent() ? file.place() + ", line " + found.getAsLong() : file.place())
                .actual(String.format("byte 0x%02X at offset %d%s", e.firstByte(), e.offset(), e.encoding()))
                .expected("UTF-8")
                .nextStep("convert the file to UTF-8")
                .cause(e)
                .build();
    }

    private SnapshotException malformed(IOException e) {
        String reason = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        String where = e instanceof JsonProcessingException json && json.getLocation() != null
                ? ", column " + json.getLocation().getColumnNr()
                : "";
        return SnapshotException.invalidRequest("a line is no JSON object")
                .where(at() + where)
                .actual(CellErrors.cut(String.valueOf(reason)))
                .expected("JSON, one object a line")
                .nextStep("correct the line; if it is the last one, check whether the file was cut")
                .cause(e)
                .build();
    }

    private String at() {
        return file.place() + ", line " + line;
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw file.failure(e);
        }
    }
}
