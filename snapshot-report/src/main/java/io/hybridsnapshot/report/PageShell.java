package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.error.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The parts that all pages have in common: the head, and the escaping of texts. A content security policy allows the
 * page's scripts and its style sheet by their hashes and forbids everything else, so no text of a page can run, load or
 * submit anything. Stateless.
 */
final class PageShell {
    /** How each page begins. */
    static final String BEGINNING = "<!doctype html>\n" + ReportFormat.MARK + "\n";

    private PageShell() {}

    /**
     * Writes a page up to the beginning of its body.
     *
     * @param scripts the texts of the scripts that {@link #end} writes
     */
    static void begin(Writer html, String title, String style, List<String> scripts) throws IOException {
        String allowed =
                scripts.stream().map(script -> "'" + hash(script) + "'").collect(Collectors.joining(" "));
        html.write(BEGINNING);
        html.write("<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src " + allowed
                + "; style-src '" + hash(style) + "'; base-uri 'none'; form-action 'none'\">\n");
        html.write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.write("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.write("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n");
        html.write("<title>" + text(title) + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n");
    }

    /** Writes the scripts and the end of a page. */
    static void end(Writer html, List<String> scripts) throws IOException {
        for (String script : scripts) {
            html.write("<script>" + script + "</script>\n");
        }
        html.write("</body>\n</html>\n");
    }

    /** Writes a fact of the page's header. */
    static void fact(Writer html, String name, String value) throws IOException {
        html.write("<div><dt>" + text(name) + "</dt><dd>" + text(value) + "</dd></div>\n");
    }

    /** Returns a text as HTML, with the characters written out that hide text or change its direction. */
    static String text(String value) {
        StringBuilder html = new StringBuilder(value.length());
        String visible = SafeText.escaped(value);
        for (int i = 0; i < visible.length(); i++) {
            char c = visible.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c);
            }
        }
        return html.toString();
    }

    /** Returns the hash of an element's text as a content security policy has it (CSP Level 3, "hash-source"). */
    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Returns the text of a file of this module. */
    static String resource(String name) throws IOException {
        try (InputStream bytes = PageShell.class.getResourceAsStream(name)) {
            if (bytes == null) {
                throw new IllegalStateException("the module's jar lacks " + name);
            }
            // The hash of a policy is taken over line feeds alone.
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        }
    }
}
