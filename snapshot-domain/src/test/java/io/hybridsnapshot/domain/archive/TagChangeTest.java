package io.hybridsnapshot.domain.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TagChangeTest {
    private static final ArchiveId ID = new ArchiveId(7);

    private static TagChange change(Map<String, String> set, Set<String> removed) {
        return new TagChange(set, removed, TagChange.Existing.KEEP);
    }

    @Test
    void aChangeSetsAndRemovesTags() {
        assertEquals(
                Map.of("a", "1", "c", "3"),
                change(Map.of("c", "3"), Set.of("b", "absent")).appliedTo(ID, Map.of("a", "1", "b", "2")));
    }

    @Test
    void anotherValueIsAConflictThatNamesTheTag() {
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> change(Map.of("a", "2"), Set.of()).appliedTo(ID, Map.of("a", "1")));
        assertEquals(SnapshotException.Kind.CONFLICT, refused.kind());
        assertTrue(refused.getMessage().contains("'a=1'"), refused.getMessage());
    }

    @Test
    void aChangeOfNothingAndOneThatContradictsItselfAreInvalid() {
        for (TagChangeCall call :
                new TagChangeCall[] {() -> change(Map.of(), Set.of()), () -> change(Map.of("a", "1"), Set.of("a"))}) {
            SnapshotException refused = assertThrows(SnapshotException.class, call::make);
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        }
    }

    @FunctionalInterface
    private interface TagChangeCall {
        TagChange make();
    }
}
