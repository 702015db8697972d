package io.hybridsnapshot.excel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes workbooks by hand, as XML, so that the reader is checked by something else than its own library. */
final class Workbooks {
    /** How cells are written. */
    enum Cells {
        /** All as texts. */
        TEXTS,
        /** Numbers and booleans as such, and all others as texts. */
        VALUES
    }

    private static final String MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private static final String RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private static final String PACKAGE = "http://schemas.openxmlformats.org/package/2006/";
    private static final String FORMS = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

    private Workbooks() {}

    static void write(Path file, Schema schema, List<RowBatch> batches, Cells form) {
        StringBuilder rows = new StringBuilder("<row r=\"1\">");
        for (int i = 0; i < schema.size(); i++) {
            rows.append(text(i, 1, schema.column(i).name()));
        }
        rows.append("</row>");
        int number = 1;
        for (RowBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++) {
                number++;
                rows.append("<row r=\"").append(number).append("\">");
                for (int i = 0; i < schema.size(); i++) {
                    ColumnVector vector = batch.vector(i);
                    if (!vector.isNull(row)) {
                        rows.append(cell(i, number, CellText.of(schema.column(i).type(), vector, row), form));
                    }
                }
                rows.append("</row>");
            }
        }
        write(file, Map.of("Table", rows.toString()), "", "");
    }

    private static String cell(int column, int row, String text, Cells form) {
        String address = SheetStream.letters(column) + row;
        if (form == Cells.VALUES && text.matches("true|false")) {
            return "<c r=\"" + address + "\" t=\"b\"><v>" + (text.equals("true") ? 1 : 0) + "</v></c>";
        }
        if (form == Cells.VALUES && text.matches("-?(0|[1-9]\\d*)(\\.\\d+)?(e[-+]\\d+)?")) {
            return "<c r=\"" + address + "\"><v>" + text.toUpperCase(Locale.ROOT) + "</v></c>";
        }
        return text(column, row, text);
    }

    static String text(int column, int row, String text) {
        return "<c r=\"" + SheetStream.letters(column) + row + "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
                + escaped(text) + "</t></is></c>";
    }

    /** As Excel writes texts (ECMA-376 part 1, section 22.9.2.19). */
    static String escaped(String text) {
        StringBuilder xml = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean looksEscaped = c == '_' && text.substring(i).matches("(?s)_x[0-9A-Fa-f]{4}_.*");
            if (c < ' ' && c != '\n' && c != '\t' || c == 0xFFFE || c == 0xFFFF || looksEscaped) {
                xml.append(String.format("_x%04X_", (int) c));
            } else {
                xml.append(c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : String.valueOf(c));
            }
        }
        return xml.toString();
    }

    /**
     * Writes a workbook.
     *
     * @param sheets the XML of the rows, by the names of the sheets in order
     * @param texts the XML of the shared texts, or nothing
     * @param formats the XML of the formats, or nothing
     */
    static void write(Path file, Map<String, String> sheets, String texts, String formats) {
        write(file, sheets, texts, formats, "");
    }

    /** The same with the XML of the workbook's properties. */
    static void write(Path file, Map<String, String> sheets, String texts, String formats, String properties) {
        StringBuilder types = new StringBuilder("<Types xmlns=\"" + PACKAGE + "content-types\">"
                + "<Default Extension=\"rels\""
                + " ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
                + override("/xl/workbook.xml", "sheet.main"));
        StringBuilder list = new StringBuilder();
        StringBuilder relations = new StringBuilder();
        Map<String, String> parts = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, String> sheet : sheets.entrySet()) {
            number++;
            // A sheet's name may end with attributes of its own: "Name|state".
            String[] named = sheet.getKey().split("\\|");
            list.append("<sheet name=\"")
                    .append(escaped(named[0]))
                    .append("\" sheetId=\"")
                    .append(number);
            list.append(named.length > 1 ? "\" state=\"" + named[1] : "")
                    .append("\" r:id=\"r")
                    .append(number)
                    .append("\"/>");
            relations.append(relation(number, "worksheet", "worksheets/sheet" + number + ".xml"));
            types.append(override("/xl/worksheets/sheet" + number + ".xml", "worksheet"));
            parts.put(
                    "xl/worksheets/sheet" + number + ".xml",
                    "<worksheet xmlns=\"" + MAIN + "\"><sheetData>" + sheet.getValue() + "</sheetData></worksheet>");
        }
        if (!texts.isEmpty()) {
            types.append(override("/xl/sharedStrings.xml", "sharedStrings"));
            parts.put("xl/sharedStrings.xml", "<sst xmlns=\"" + MAIN + "\">" + texts + "</sst>");
        }
        if (!formats.isEmpty()) {
            types.append(override("/xl/styles.xml", "styles"));
            parts.put("xl/styles.xml", "<styleSheet xmlns=\"" + MAIN + "\">" + formats + "</styleSheet>");
        }
        parts.put(
                "xl/workbook.xml",
                "<workbook xmlns=\"" + MAIN + "\" xmlns:r=\"" + RELATIONS + "\">" + properties + "<sheets>" + list
                        + "</sheets></workbook>");
        parts.put(
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"" + PACKAGE + "relationships\">" + relations + "</Relationships>");
        parts.put("[Content_Types].xml", types + "</Types>");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> part : parts.entrySet()) {
                out.putNextEntry(new ZipEntry(part.getKey()));
                out.write(("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>" + part.getValue())
                        .getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String override(String part, String form) {
        return "<Override PartName=\"" + part + "\" ContentType=\"" + FORMS + form + "+xml\"/>";
    }

    private static String relation(int number, String form, String target) {
        return "<Relationship Id=\"r" + number + "\" Type=\"" + RELATIONS + "/" + form + "\" Target=\"" + target
                + "\"/>";
    }

    static Map<String, ColumnType> types(Schema schema) {
        Map<String, ColumnType> types = new LinkedHashMap<>();
        schema.columns().forEach(column -> types.put(column.name(), column.type()));
        return types;
    }

    /** The texts of all cells; null for NULL. */
    static List<List<String>> read(RowSource source) {
        List<List<String>> rows = new ArrayList<>();
        try (RowStream stream = source.open(ReadOptions.ALL)) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                for (int row = 0; row < batch.get().rowCount(); row++) {
                    List<String> cells = new ArrayList<>();
                    for (int i = 0; i < stream.schema().size(); i++) {
                        ColumnVector vector = batch.get().vector(i);
                        ColumnType type = stream.schema().column(i).type();
                        cells.add(vector.isNull(row) ? null : CellText.of(type, vector, row));
                    }
                    rows.add(cells);
                }
            }
        }
        return rows;
    }
}
