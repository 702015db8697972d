package io.hybridsnapshot.app.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Heads of chains, recorded in a file that the archive's writers cannot reach: {@code {"format": "hybrid-snapshots
 * anchor 1", "writtenAt": …, "heads": [{"dataset", "partition", "number", "digest"}]}}. Replaced atomically. Stateless.
 */
public final class AnchorFile {
    private static final String FORMAT = "hybrid-snapshots anchor 1";

    private AnchorFile() {}

    /**
     * The heads of a file. A missing file is an error. Otherwise a removed file or an unmounted disk would turn every
     * run into a first run.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist or is no anchor, UNAVAILABLE if it cannot be
     *     read
     */
    public static List<ChainHead> read(Path file) {
        if (Files.notExists(file)) {
            throw SnapshotException.invalidRequest("the anchor file is missing")
                    .where(file.toString())
                    .expected("the file that the last run wrote")
                    .nextStep("find out why it is missing (a disk that is not mounted, a deleted file) and restore"
                            + " it; only for the first run, create it with --new-anchor")
                    .build();
        }
        try (JsonParser parser = new JsonFactory().createParser(Files.readAllBytes(file))) {
            return heads(file, parser);
        } catch (JsonProcessingException e) {
            String line = Optional.ofNullable(e.getLocation())
                    .map(at -> " on line " + at.getLineNr() + ", column " + at.getColumnNr())
                    .orElse("");
            throw noAnchor(file, "a text that is no JSON" + line);
        } catch (CharConversionException e) {
            throw noAnchor(file, "bytes that are no text");
        } catch (IOException e) {
            throw SnapshotException.unavailable("the anchor cannot be read")
                    .where(file.toString())
                    .actual(e)
                    .nextStep("check that it is a file, and its permissions")
                    .cause(e)
                    .build();
        }
    }

    /**
     * Checks that a file to be started does not exist yet.
     *
     * @throws SnapshotException INVALID_REQUEST if the path exists
     */
    public static void requireNone(Path file) {
        if (!Files.notExists(file)) {
            throw SnapshotException.invalidRequest("option --new-anchor")
                    .where(file.toString())
                    .actual("a file that is there already")
                    .expected("a file that does not exist yet")
                    .nextStep(
                            "leave out --new-anchor to compare the chains with this file; to begin again, move the file"
                                    + " away first")
                    .build();
        }
    }

    private static List<ChainHead> heads(Path file, JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw noAnchor(file, "no object");
        }
        boolean isAnchor = false;
        List<ChainHead> heads = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("format")) {
                isAnchor = FORMAT.equals(parser.getText());
            } else if (field.equals("heads") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    heads.add(head(file, parser));
                }
            } else {
                parser.skipChildren();
            }
        }
        if (!isAnchor) {
            throw noAnchor(file, "another format");
        }
        return heads;
    }

    private static ChainHead head(Path file, JsonParser parser) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            fields.put(field, parser.getText());
            parser.skipChildren();
        }
        try {
            return new ChainHead(
                    Objects.requireNonNull(fields.get("dataset")),
                    new Partition(Objects.requireNonNull(fields.get("partition"))),
                    Long.parseLong(Objects.requireNonNull(fields.get("number"))),
                    Objects.requireNonNull(fields.get("digest")));
        } catch (NullPointerException | NumberFormatException e) {
            throw noAnchor(file, "a head with " + fields.keySet());
        }
    }

    private static SnapshotException noAnchor(Path file, String actual) {
        return SnapshotException.invalidRequest("the file is no anchor file")
                .where(file.toString())
                .actual(actual)
                .expected("a file that 'snapshot verify --anchor' has written")
                .nextStep("name the right file, or create another one with --new-anchor")
                .build();
    }

    /**
     * Writes a file anew. The complete file is on the disk when this method returns.
     *
     * @param output closed by the caller
     * @throws SnapshotException UNAVAILABLE if it cannot be written; an existing file is then unchanged
     */
    public static void write(PendingOutput output, Instant at, List<ChainHead> heads) {
        try (JsonGenerator generator = Json.generator(output.stream())) {
            generator.setPrettyPrinter(new DefaultPrettyPrinter());
            Json.write(
                    generator,
                    Json.object(
                            "format",
                            FORMAT,
                            "writtenAt",
                            at,
                            "heads",
                            heads.stream().map(VerificationView::json).toList()));
            generator.writeRaw('\n');
        } catch (IOException e) {
            throw FullDisk.unwritable("the anchor cannot be written", Path.of(output.name()), e)
                    .build();
        }
        output.finish();
    }
}
