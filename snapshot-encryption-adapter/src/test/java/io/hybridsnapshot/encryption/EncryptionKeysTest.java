package io.hybridsnapshot.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.streamingaead.PredefinedStreamingAeadParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig2026;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncryptionKeysTest {
    @Test
    void textGivesTheSameKeysBack() {
        EncryptionKeys keys = EncryptionKeys.generate().withNewPrimary().withNewPrimary();
        EncryptionKeys read = EncryptionKeys.parse("\n " + keys.text() + " \r\n");
        assertEquals(keys.ids(), read.ids());
        assertEquals(3, keys.ids().size());
        assertTrue(keys.ids().stream().allMatch(id -> Long.parseLong(id) > 0 && Long.parseLong(id) <= 0xFFFF_FFFFL));
        assertNotEquals(keys.ids(), EncryptionKeys.generate().ids());
    }

    @Test
    void printedKeysShowTheirNumbersAlone() {
        EncryptionKeys keys = EncryptionKeys.generate();
        assertEquals("keys " + keys.ids().get(0), keys.toString());
        assertEquals("no key", EncryptionKeys.NONE.toString());
        assertEquals(List.of(), EncryptionKeys.NONE.ids());
    }

    @Test
    void textThatIsNoKeysetIsRefusedWithoutBeingShown() {
        String whole = EncryptionKeys.generate().text();
        String value = whole.replaceAll("(?s).*\"value\":\\s*\"([^\"]+)\".*", "$1");
        assertTrue(value.length() > 40, value);
        for (String text : List.of(
                "",
                " \n",
                "sesame-open-yourself",
                "{",
                "[]",
                "{\"key\": []}",
                whole.substring(0, whole.length() - 4),
                value)) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> EncryptionKeys.parse(text));
            assertEquals(Kind.INVALID_REQUEST, refused.kind());
            assertFalse(refused.getMessage().contains("sesame"), refused.getMessage());
            assertFalse(refused.getMessage().contains(value.substring(10, 30)), refused.getMessage());
            assertEquals(null, refused.getCause());
        }
    }

    @Test
    void keysetsOfTinkOfTheRightKindAreRead() throws GeneralSecurityException {
        for (Parameters parameters : List.of(
                PredefinedStreamingAeadParameters.AES256_GCM_HKDF_4KB,
                PredefinedStreamingAeadParameters.AES256_GCM_HKDF_1MB)) {
            assertEquals(1, EncryptionKeys.parse(keyset(parameters)).ids().size());
        }
        for (Parameters parameters : List.of(
                PredefinedStreamingAeadParameters.AES128_GCM_HKDF_4KB,
                PredefinedStreamingAeadParameters.AES256_CTR_HMAC_SHA256_4KB)) {
            String text = keyset(parameters);
            SnapshotException refused = assertThrows(SnapshotException.class, () -> EncryptionKeys.parse(text));
            assertEquals("an encryption key does not suit", refused.problem());
        }
    }

    @Test
    void keyThatIsDisabledIsNotAtHand() throws GeneralSecurityException {
        EncryptionKeys both = EncryptionKeys.generate().withNewPrimary();
        KeysetHandle handle = TinkJsonProtoKeysetFormat.parseKeyset(
                both.text(), StreamingAeadConfig2026.get(), InsecureSecretKeyAccess.get());
        KeysetHandle.Builder builder = KeysetHandle.newBuilder(handle).setConfiguration(StreamingAeadConfig2026.get());
        for (int i = 0; i < builder.size(); i++) {
            if (!builder.getAt(i).isPrimary()) {
                builder.getAt(i).setStatus(KeyStatus.DISABLED);
            }
        }
        EncryptionKeys one = EncryptionKeys.parse(text(builder.build()));
        assertEquals(both.ids().subList(0, 1), one.ids());
    }

    private static String keyset(Parameters parameters) throws GeneralSecurityException {
        return text(KeysetHandle.generateNew(parameters, StreamingAeadConfig2026.get()));
    }

    private static String text(KeysetHandle handle) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.serializeKeyset(
                handle, StreamingAeadConfig2026.get(), InsecureSecretKeyAccess.get());
    }
}
