package io.hybridsnapshot.domain.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdapterSettingsTest {
    private static final List<AdapterSetting> ACCEPTED = List.of(
            AdapterSetting.path("directory", "The directory of the files."),
            AdapterSetting.secret("token", "The token.").optional(),
            AdapterSetting.text("prefix", "The beginning of names.").withDefault("snapshot"),
            AdapterSetting.number("retries", "How often.").withDefault("3"),
            AdapterSetting.flag("compressed", "Whether files are compressed.").withDefault("false"));

    private static AdapterSettings settings(Map<String, String> given) {
        return AdapterSettings.of(ACCEPTED, given, Path.of("/etc/snapshots"));
    }

    @Test
    void valuesAndDefaultsAreReadByTheirTypes() {
        AdapterSettings given = settings(Map.of("directory", "data", "retries", "9", "token", "t0ken"));
        assertEquals(Path.of("/etc/snapshots/data"), given.path("directory"));
        assertEquals(9, given.number("retries"));
        assertEquals("snapshot", given.text("prefix"));
        assertFalse(given.flag("compressed"));
        assertEquals(Optional.of("t0ken"), given.findText("token"));
        assertTrue(given.has("token"));
        AdapterSettings bare = settings(Map.of("directory", "/data"));
        assertEquals(Path.of("/data"), bare.path("directory"));
        assertEquals(Optional.empty(), bare.findText("token"));
        assertFalse(bare.has("token"));
    }

    @Test
    void everyProblemIsNamed() {
        Map<String, String> problems = AdapterSettings.problems(
                ACCEPTED, Map.of("retries", "many", "compressed", "yes", "colour", "red", "token", "t0ken"));
        assertEquals(Set.of("directory", "retries", "compressed", "colour"), problems.keySet());
        assertEquals("is missing (The directory of the files.)", problems.get("directory"));
        assertEquals("found 'many', expected a whole number", problems.get("retries"));
        assertEquals("found 'yes', expected true or false", problems.get("compressed"));
        assertEquals(Map.of(), AdapterSettings.problems(ACCEPTED, Map.of("directory", "x")));
        assertThrows(IllegalArgumentException.class, () -> settings(Map.of()));
    }

    @Test
    void noTextShowsASecret() {
        AdapterSettings given = settings(Map.of("directory", "data", "token", "t0ken"));
        assertFalse(given.toString().contains("t0ken"), given.toString());
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> given.number("token"));
        assertFalse(wrong.getMessage().contains("t0ken"), wrong.getMessage());
    }

    @Test
    void anAdapterReadsItsOwnSettingsByTheirOwnTypesAlone() {
        AdapterSettings given = settings(Map.of("directory", "data"));
        assertThrows(IllegalArgumentException.class, () -> given.text("colour"));
        assertThrows(IllegalArgumentException.class, () -> given.text("retries"));
        assertThrows(IllegalArgumentException.class, () -> given.text("token"));
        assertThrows(IllegalArgumentException.class, () -> given.has("colour"));
    }

    @Test
    void aSettingThatCannotBeMeantIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> AdapterSetting.text("Upper Case", "x"));
        AdapterSetting secret = AdapterSetting.secret("token", "The token.");
        assertThrows(IllegalArgumentException.class, () -> secret.withDefault("t0ken"));
    }
}
