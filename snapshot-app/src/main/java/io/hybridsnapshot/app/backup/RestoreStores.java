package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Fills empty stores from a backup. Each store is filled in one transaction, and no transaction is committed before
 * both are complete. A repeated call finishes what an interruption between the two commits left. Thread-safe.
 */
public final class RestoreStores {
    private static final String TASK = "restoring";

    private final BackedUpStores stores;

    /** Restores into these stores. */
    public RestoreStores(BackedUpStores stores) {
        this.stores = Objects.requireNonNull(stores, "stores");
    }

    /** What a restoration did. */
    public enum Outcome {
        /** At least one store was filled. */
        RESTORED,
        /** Both stores held exactly this backup already. */
        ALREADY_THERE
    }

    /**
     * Restores a backup, after checking all its members. A store that holds exactly the backup's rows stays as it is.
     *
     * @throws SnapshotException CORRUPT if the backup is damaged, INVALID_REQUEST if a store has other rows, CONFLICT
     *     if others hold a store for longer than a minute, UNAVAILABLE if a store or the file cannot be used; nothing
     *     was restored then. OUTCOME_UNKNOWN if a connection broke during a commit
     */
    public Outcome restore(BackupFile backup) {
        backup.check();
        PostgresSettings archiveSettings = stores.settings(Store.ARCHIVE);
        PostgresSettings windowSettings = stores.settings(Store.WINDOW);
        archiveSettings.requireRoom();
        windowSettings.requireRoom();
        try (StoreConnection archive = StoreConnection.open(Store.ARCHIVE, archiveSettings, TASK);
                StoreConnection window = StoreConnection.open(Store.WINDOW, windowSettings, TASK)) {
            boolean fillsArchive = fill(archive, Store.ARCHIVE, backup);
            boolean fillsWindow = fill(window, Store.WINDOW, backup);
            archive.commit();
            window.commit();
            return fillsArchive || fillsWindow ? Outcome.RESTORED : Outcome.ALREADY_THERE;
        } catch (IOException e) {
            throw BackupFile.unreadable(backup.named(), e);
        }
    }

    private static boolean fill(StoreConnection copy, Store store, BackupFile backup) throws IOException {
        Manifest.StoreContents contents = backup.manifest().of(store);
        copy.beginWriting();
        List<String> filled = copy.filledTables();
        if (filled.isEmpty()) {
            new StoreFiller(copy).fill(contents, backup);
            return true;
        }
        if (!isSame(copy, contents, backup.manifest())) {
            throw copy.notEmpty(filled);
        }
        return false;
    }

    /** Whether a store has the rows and the files of the backup, and no others. The order of columns may differ. */
    private static boolean isSame(StoreConnection copy, Manifest.StoreContents contents, Manifest manifest)
            throws IOException {
        Members members = Members.dropped();
        Manifest.StoreContents here = new StoreReader(copy).read(members, contents.tables());
        Map<String, String> digests = new HashMap<>();
        members.list().forEach(member -> digests.put(member.name(), member.sha256()));
        Map<String, String> expected = new HashMap<>();
        String prefix = contents.store().label() + "/";
        manifest.members().stream()
                .filter(member -> member.name().startsWith(prefix))
                .forEach(member -> expected.put(member.name(), member.sha256()));
        return digests.equals(expected) && here.tables().equals(contents.tables());
    }
}
