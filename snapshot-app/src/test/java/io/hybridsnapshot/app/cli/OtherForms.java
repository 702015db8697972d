package io.hybridsnapshot.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes the bytes of files in other forms than plain CSV. */
final class OtherForms {
    private static final String MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private static final String RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private static final String PACKAGE = "http://schemas.openxmlformats.org/package/2006/";
    private static final String FORMS = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

    private OtherForms() {}

    static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] zip(Map<String, String> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> member : members.entrySet()) {
                out.putNextEntry(new ZipEntry(member.getKey()));
                out.write(member.getValue().getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A frame of Zstandard with one block that is not compressed (RFC 8878, section 3.1.1). */
    static byte[] zstd(String text) {
        byte[] content = text.getBytes(UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        // The magic number, a single segment with a size of four bytes, and that size.
        frame.writeBytes(new byte[] {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, (byte) 0xA0});
        for (int shift = 0; shift < 32; shift += 8) {
            frame.write(content.length >> shift);
        }
        int header = content.length << 3 | 1;
        for (int shift = 0; shift < 24; shift += 8) {
            frame.write(header >> shift);
        }
        frame.writeBytes(content);
        return frame.toByteArray();
    }

    /** A workbook whose sheets have the rows of CSV texts: numbers as numbers, and all other cells as texts. */
    static byte[] workbook(Map<String, String> sheets) {
        String types = "<Types xmlns=\"" + PACKAGE + "content-types\">"
                + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" + FORMS + "sheet.main+xml\"/>";
        StringBuilder list = new StringBuilder();
        StringBuilder relations = new StringBuilder();
        Map<String, String> parts = new LinkedHashMap<>();
        for (Map.Entry<String, String> sheet : sheets.entrySet()) {
            int number = parts.size() + 1;
            list.append("<sheet name=\"" + sheet.getKey() + "\" sheetId=\"" + number + "\" r:id=\"r" + number + "\"/>");
            relations.append("<Relationship Id=\"r" + number + "\" Type=\"" + RELATIONS
                    + "/worksheet\" Target=\"worksheets/sheet" + number + ".xml\"/>");
            parts.put(
                    "xl/worksheets/sheet" + number + ".xml",
                    "<worksheet xmlns=\"" + MAIN + "\"><sheetData>" + rows(sheet.getValue())
                            + "</sheetData></worksheet>");
        }
        parts.put(
                "xl/workbook.xml",
                "<workbook xmlns=\"" + MAIN + "\" xmlns:r=\"" + RELATIONS + "\"><sheets>" + list
                        + "</sheets></workbook>");
        parts.put(
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"" + PACKAGE + "relationships\">" + relations + "</Relationships>");
        parts.put("[Content_Types].xml", types + "</Types>");
        return zip(parts);
    }

    private static String rows(String csv) {
        StringBuilder rows = new StringBuilder();
        List<String> lines = csv.lines().toList();
        for (int row = 1; row <= lines.size(); row++) {
            rows.append("<row r=\"" + row + "\">");
            char column = 'A';
            for (String cell : lines.get(row - 1).split(",", -1)) {
                String place = "<c r=\"" + column++ + row + "\"";
                if (cell.matches("-?[0-9]+(\\.[0-9]+)?")) {
                    rows.append(place + "><v>" + cell + "</v></c>");
                } else if (!cell.isEmpty()) {
                    rows.append(place + " t=\"inlineStr\"><is><t>" + cell + "</t></is></c>");
                }
            }
            rows.append("</row>");
        }
        return rows.toString();
    }

    /** JSON lines with the rows of a CSV text: numbers as numbers, all other cells as strings, and no empty cell. */
    static String jsonLines(String csv) {
        List<String> lines = csv.lines().toList();
        String[] names = lines.get(0).split(",");
        StringBuilder text = new StringBuilder();
        for (String line : lines.subList(1, lines.size())) {
            Map<String, String> members = new LinkedHashMap<>();
            String[] cells = line.split(",", -1);
            for (int i = 0; i < cells.length; i++) {
                if (!cells[i].isEmpty()) {
                    members.put(names[i], cells[i].matches("-?[0-9.]+") ? cells[i] : '"' + cells[i] + '"');
                }
            }
            StringBuilder object = new StringBuilder();
            members.forEach(
                    (name, value) -> object.append(object.isEmpty() ? "" : ",").append("\"" + name + "\":" + value));
            text.append("{").append(object).append("}\n");
        }
        return text.toString();
    }
}
