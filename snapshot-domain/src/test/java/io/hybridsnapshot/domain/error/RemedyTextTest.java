package io.hybridsnapshot.domain.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemedyTextTest {
    private static final Wording SHOUTED = remedy -> "<" + remedy.toString() + ">";

    @Test
    void textNamesItsRemediesInTheWordsOfTheApiOrOfAnApplication() {
        RemedyText text = RemedyText.of("{0} shows them, {1} ends them; {0}", CommonRemedy.LIST, CommonRemedy.RECOVERY);
        assertEquals("the list of snapshots shows them, recovery ends them; the list of snapshots", text.toString());
        assertEquals("<LIST> shows them, <RECOVERY> ends them; <LIST>", text.in(SHOUTED));
        assertEquals(List.of(CommonRemedy.LIST, CommonRemedy.RECOVERY, CommonRemedy.LIST), text.remedies());
    }

    @Test
    void valueIsNotReadAsAPattern() {
        RemedyText text = RemedyText.of("free {0}, then {1}", "/disk/{1}", CommonRemedy.REPEAT);
        assertEquals("free /disk/{1}, then <REPEAT>", text.in(SHOUTED));
        assertEquals("a {0} of {3}", RemedyText.plain("a {0} of {3}").in(SHOUTED));
        assertEquals(
                "a place {1} without a value",
                RemedyText.of("a place {1} {0}", "without a value").toString());
    }

    @Test
    void textsWithinATextKeepTheirRemedies() {
        RemedyText inner = RemedyText.of("see {0}", CommonRemedy.LIST);
        RemedyText joined = RemedyText.joined("; ", List.of(inner, RemedyText.of("why: {0}", inner)));
        assertEquals("see <LIST>; why: see <LIST>", joined.in(SHOUTED));
        assertEquals(2, joined.remedies().size());
    }

    @Test
    void eachWordingIsCutForItself() {
        RemedyText text = RemedyText.of("0123456789 {0}", CommonRemedy.LIST).cut(17);
        assertEquals("0123456789 <LIST>", text.in(SHOUTED));
        assertEquals(17, text.toString().length());
        assertEquals("a\\nb", RemedyText.plain("a\nb").cut(9).toString());
    }

    @Test
    void equalTextsHaveEqualParts() {
        assertEquals(RemedyText.of("{0}", CommonRemedy.LIST), RemedyText.of("{0}", CommonRemedy.LIST));
        assertEquals(
                RemedyText.of("{0}", CommonRemedy.LIST).hashCode(),
                RemedyText.of("{0}", CommonRemedy.LIST).hashCode());
        assertNotEquals(RemedyText.of("{0}", CommonRemedy.LIST), RemedyText.of("{0}", CommonRemedy.RECOVERY));
        assertNotEquals(RemedyText.plain("a"), RemedyText.plain("a").cut(5));
    }

    @Test
    void errorIsWordedByAnApplicationInAllItsParts() {
        SnapshotException inner = SnapshotException.conflict("busy")
                .nextStep("{0} ends it", CommonRemedy.RECOVERY)
                .build();
        IllegalStateException suppressed = new IllegalStateException("later");
        SnapshotException error = SnapshotException.of(SnapshotException.Kind.CONFLICT, "it failed")
                .where(RemedyText.of("after {0}", CommonRemedy.LIST))
                .actual(inner.text())
                .expected("peace")
                .nextStep("wait, then {0}", CommonRemedy.REPEAT)
                .line("  a line {0}")
                .cause(inner)
                .storeRefused()
                .build();
        error.addSuppressed(suppressed);

        assertEquals(
                "it failed (after the list of snapshots): found busy; recovery ends it, expected peace; wait,"
                        + " then repeat the call\n  a line {0}",
                error.getMessage());
        SnapshotException worded = error.in(SHOUTED);
        assertEquals(
                "it failed (after <LIST>): found busy; <RECOVERY> ends it, expected peace; wait, then <REPEAT>\n"
                        + "  a line {0}",
                worded.getMessage());
        assertEquals(worded.getMessage(), error.text().in(SHOUTED));
        assertEquals(Optional.of("after <LIST>"), worded.where());
        assertEquals(Optional.of("busy; <RECOVERY> ends it"), worded.actual());
        assertEquals(Optional.of("wait, then <REPEAT>"), worded.nextStep());
        assertEquals(Optional.of("wait, then repeat the call"), error.nextStep());
        assertSame(inner, worded.getCause());
        assertSame(suppressed, worded.getSuppressed()[0]);
        assertEquals(error.kind(), worded.kind());
        assertEquals(error.isStoreOut(), worded.isStoreOut());
        assertEquals(error.getStackTrace()[0], worded.getStackTrace()[0]);
    }

    @Test
    void errorSurvivesSerialization() throws IOException, ClassNotFoundException {
        SnapshotException error = SnapshotException.conflict("busy")
                .nextStep("{0} ends it", CommonRemedy.RECOVERY)
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(error);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            SnapshotException read = (SnapshotException) in.readObject();
            assertEquals("busy; <RECOVERY> ends it", read.in(SHOUTED).getMessage());
        }
    }
}
