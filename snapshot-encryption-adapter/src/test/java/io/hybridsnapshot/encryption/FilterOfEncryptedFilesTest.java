package io.hybridsnapshot.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A filter beside encrypted files tells nothing about their rows. */
class FilterOfEncryptedFilesTest {
    @Test
    void noEntryDependsOnAValue() {
        EncryptingSnapshotCodec codec = new EncryptingSnapshotCodec(new InMemorySnapshotCodec(), () -> {
            throw new IllegalStateException("no key is needed");
        });
        assertEquals(FilterEntry.ANY, codec.filterDigest().identity(UUID.randomUUID()));
        assertEquals(FilterEntry.ANY, codec.filterDigest().value("NAME", "Anna"));
    }
}
