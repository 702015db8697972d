package io.hybridsnapshot.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The formats of a report. Thread-safe. */
public enum ReportFormat {
    /** One page that needs no other file: a summary, and the rows with search, filters and paging. */
    HTML("html", "htm"),
    /** A short text for tickets and pull requests: the summary and the first rows, in GitHub's Markdown. */
    MARKDOWN("md", "markdown"),
    /** An Excel workbook with the sheets summary, changes, added and removed. */
    XLSX("xlsx"),
    /** One line for each changed cell, added row and removed row. */
    CSV("csv");

    /** Stands at the beginning of a page and of a Markdown text, where no reader sees it. */
    static final String MARK = "<!-- snapshot change report -->";

    /** The program that a workbook names as its maker. */
    static final String APPLICATION = "Snapshot change report";

    private static final int BEGINNING = 4_096;

    private final List<String> extensions;

    ReportFormat(String... extensions) {
        this.extensions = List.of(extensions);
    }

    /** Returns the format that the extension of a file's name stands for, in upper or lower case; empty: none. */
    public static Optional<ReportFormat> of(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.extensions.stream().anyMatch(extension -> name.endsWith("." + extension)))
                .findFirst();
    }

    /** Returns the extensions of all formats, with their points, the usual one of each format. */
    public static List<String> extensions() {
        return Arrays.stream(values())
                .map(format -> "." + format.extensions.get(0))
                .toList();
    }

    /**
     * Checks whether a file is an earlier report of this format. An empty or unreadable file is none.
     *
     * @param file an existing regular file
     */
    public boolean isReport(Path file) {
        try {
            return this == XLSX ? isWorkbook(file) : isText(beginning(file));
        } catch (IOException e) {
            return false;
        }
    }

    private static String beginning(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return new String(bytes.readNBytes(BEGINNING), StandardCharsets.UTF_8);
        }
    }

    private boolean isText(String beginning) {
        return switch (this) {
            case HTML -> beginning.startsWith(PageShell.BEGINNING);
            case MARKDOWN -> beginning.startsWith(MARK);
            default -> CsvLines.isHeader(beginning);
        };
    }

    private static boolean isWorkbook(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = zip.getEntry("docProps/app.xml");
            if (entry == null) {
                return false;
            }
            try (InputStream properties = zip.getInputStream(entry)) {
                return new String(properties.readNBytes(BEGINNING), StandardCharsets.UTF_8).contains(APPLICATION);
            }
        }
    }
}
