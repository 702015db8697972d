package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.engine.expectation.ExpectationOutcome;
import io.hybridsnapshot.engine.expectation.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The verdicts of a comparison as a file of JUnit's XML form, which build servers and orchestrators read: one test case
 * for each expectation. A broken rule is a failure. A rule that could not be checked is an error. Rules that only warn,
 * accepted rules and rules that do not apply are skipped, with the reason. The file holds numbers of rows and names of
 * columns, and no cells. Immutable; safe for any number of threads.
 *
 * @param suite names the compared rows, such as the dataset and its partition
 * @param moment the time of the comparison
 * @param verdicts the verdicts, in the order of the test cases
 * @param consequence whether verdicts that refuse were accepted
 */
public record JUnitXml(String suite, Instant moment, List<Verdict> verdicts, Consequence consequence) {
    private static final String BEGINNING =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"snapshot expectations\"";

    /** What follows from verdicts that refuse. */
    public enum Consequence {
        /** They are failures and errors. */
        FAIL,
        /** The user accepted them, so they are skipped. */
        ACCEPTED
    }

    public JUnitXml {
        Objects.requireNonNull(suite, "suite");
        Objects.requireNonNull(moment, "moment");
        verdicts = List.copyOf(verdicts);
        Objects.requireNonNull(consequence, "consequence");
    }

    /**
     * Checks whether a file is one that {@link #write} made. An unreadable file is none.
     *
     * @param file an existing regular file
     */
    public static boolean isOne(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            return BEGINNING.equals(new String(bytes.readNBytes(BEGINNING.length()), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Writes the document in UTF-8.
     *
     * @param out the target; stays open
     * @throws IOException if the target cannot be written
     */
    public void write(OutputStream out) throws IOException {
        out.write(BEGINNING.getBytes(StandardCharsets.UTF_8));
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out, "UTF-8");
            // The beginning is written by hand, so that it is the same with every factory.
            out.write('>');
            out.write('\n');
            suite(xml);
            xml.flush();
        } catch (XMLStreamException e) {
            throw e.getNestedException() instanceof IOException cause ? cause : new IOException(e);
        }
        out.write("\n</testsuites>\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void suite(XMLStreamWriter xml) throws XMLStreamException {
        long failures =
                verdicts.stream().filter(each -> kind(each) == Kind.FAILURE).count();
        long errors = verdicts.stream().filter(each -> kind(each) == Kind.ERROR).count();
        long skipped =
                verdicts.stream().filter(each -> kind(each) == Kind.SKIPPED).count();
        xml.writeStartElement("testsuite");
        attribute(xml, "name", suite);
        attribute(xml, "tests", Long.toString(verdicts.size()));
        attribute(xml, "failures", Long.toString(failures));
        attribute(xml, "errors", Long.toString(errors));
        attribute(xml, "skipped", Long.toString(skipped));
        attribute(xml, "timestamp", moment.truncatedTo(ChronoUnit.SECONDS).toString());
        for (Verdict verdict : verdicts) {
            xml.writeCharacters("\n  ");
            testCase(xml, verdict);
        }
        xml.writeCharacters("\n");
        xml.writeEndElement();
    }

    private void testCase(XMLStreamWriter xml, Verdict verdict) throws XMLStreamException {
        Kind kind = kind(verdict);
        xml.writeStartElement("testcase");
        attribute(xml, "classname", suite);
        attribute(xml, "name", verdict.expectation().text());
        if (kind != Kind.PASSED) {
            xml.writeEmptyElement(kind.element);
            attribute(xml, "message", prefix(verdict) + verdict.reason());
            if (kind != Kind.SKIPPED) {
                attribute(xml, "type", ReportText.outcome(verdict));
            }
        }
        xml.writeEndElement();
    }

    private String prefix(Verdict verdict) {
        if (!verdict.fails()) {
            return "";
        }
        return verdict.refuses() ? consequence == Consequence.ACCEPTED ? "accepted: " : "" : "warning: ";
    }

    private Kind kind(Verdict verdict) {
        if (verdict.outcome() instanceof ExpectationOutcome.Met) {
            return Kind.PASSED;
        }
        if (!verdict.refuses() || consequence == Consequence.ACCEPTED) {
            return Kind.SKIPPED;
        }
        return verdict.outcome() instanceof ExpectationOutcome.Broken ? Kind.FAILURE : Kind.ERROR;
    }

    /** The results of test cases, with the elements that state them. */
    private enum Kind {
        PASSED(""),
        FAILURE("failure"),
        ERROR("error"),
        SKIPPED("skipped");

        private final String element;

        Kind(String element) {
            this.element = element;
        }
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, possible(SafeText.escaped(value)));
    }

    /** Returns a text in which each character that XML 1.0 excludes is replaced. */
    private static String possible(String text) {
        StringBuilder possible = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c < 0x20
                                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                                || c >= 0xFFFE && c <= 0xFFFF
                        ? 0xFFFD
                        : c)
                .forEach(possible::appendCodePoint);
        return possible.toString();
    }
}
