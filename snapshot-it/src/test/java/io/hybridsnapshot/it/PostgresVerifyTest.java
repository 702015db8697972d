package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.verification.ArchiveHistory;
import io.hybridsnapshot.engine.verification.Finding;
import io.hybridsnapshot.engine.verification.FindingType;
import io.hybridsnapshot.engine.verification.LeftOut;
import io.hybridsnapshot.engine.verification.Severity;
import io.hybridsnapshot.engine.verification.VerificationLevel;
import io.hybridsnapshot.engine.verification.VerificationReport;
import io.hybridsnapshot.engine.verification.VerifyRequest;
import io.hybridsnapshot.engine.verification.VerifySnapshotsContract;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.PlainSql;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Verifying a real PostgreSQL, and what somebody does there with SQL of their own. */
class PostgresVerifyTest extends VerifySnapshotsContract {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    /** As somebody who knows how and may: no trigger runs. */
    private static final String WITHOUT_TRIGGERS = "SET session_replication_role = replica; ";

    @BeforeEach
    @Override
    public void openStores() {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        super.openStores();
    }

    @Override
    protected WindowStore window() {
        return new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));
    }

    @Override
    protected ForeignStatements foreignStatements() {
        return new PlainSql(DATABASE);
    }

    @Override
    protected ArchiveStore archive() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected SnapshotCodec codec() {
        return new ParquetSnapshotCodec();
    }

    private static void tamper(String sql) {
        DATABASE.execute(WITHOUT_TRIGGERS + sql);
    }

    private void assertFound(Set<FindingType> expected, VerificationLevel... levels) {
        VerificationReport report = history.verify(levels);
        assertEquals(expected, ArchiveHistory.types(report), report.findings() + ", " + report.leftOut());
    }

    @Test
    void everyByteOfAStoredFileIsFoundFlippedByTheDatabaseItself() {
        ArchivedSnapshot archive = history.save(Orders.numbered(2));
        ArchiveStore store = history.environment().archive();
        for (int at = 0; at < archive.size(); at++) {
            int place = at;
            String flip = "UPDATE snapshot_archive SET parquet_data = set_byte(parquet_data, " + at
                    + ", get_byte(parquet_data, " + at + ") # " + (1 << at % 8) + ")";
            tamper(flip);
            assertEquals(
                    Optional.of(Damage.Kind.DIGEST),
                    store.findDamage(archive.id()).map(Damage::kind),
                    () -> "byte " + place);
            tamper(flip);
        }
        assertEquals(Optional.empty(), store.findDamage(archive.id()));
        assertEquals(List.of(), history.verifyAll().findings());
    }

    @Test
    void bytesThatWereFlippedCutAppendedOrSwappedAreFoundByDigestAndContent() {
        history.saves(3);
        for (String change : List.of(
                "parquet_data = set_byte(parquet_data, 100, (get_byte(parquet_data, 100) + 1) % 256)",
                "parquet_data = substring(parquet_data FOR 200)",
                "parquet_data = parquet_data || 'x'::bytea",
                "parquet_data = ''::bytea",
                "parquet_data = (SELECT b.parquet_data FROM snapshot_archive b WHERE b.archive_id = 1)")) {
            tamper("CREATE TABLE kept AS SELECT parquet_data FROM snapshot_archive WHERE archive_id = 2");
            tamper("UPDATE snapshot_archive SET " + change + " WHERE archive_id = 2");
            for (VerificationLevel level : List.of(VerificationLevel.DIGEST, VerificationLevel.CONTENT)) {
                List<Finding> findings = history.verify(level).findings();
                assertTrue(
                        !findings.isEmpty()
                                && findings.stream()
                                        .allMatch(finding -> finding.archive().equals(Optional.of(new ArchiveId(2)))
                                                && Set.of(FindingType.SIZE_DIFFERS, FindingType.BYTES_CHANGED)
                                                        .contains(finding.type())),
                        () -> change + ": " + findings);
            }
            tamper("UPDATE snapshot_archive SET parquet_data = (SELECT parquet_data FROM kept) WHERE archive_id = 2;"
                    + " DROP TABLE kept");
        }
        assertEquals(List.of(), history.verifyAll().findings());
    }

    /** A history whose files are all in chunks, with two archives of more than two chunks each. */
    private List<ArchivedSnapshot> chunkedArchives() {
        history = new ArchiveHistory(
                window(),
                new PostgresArchiveStore(new PostgresArchiveSettings(DATABASE.settings(), 0, 4 << 10)),
                codec(),
                directory);
        Orders orders = Orders.numbered(20);
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            byte[] noise = new byte[300];
            random.nextBytes(noise);
            orders.put("LONG-" + i, "X", i, HexFormat.of().formatHex(noise));
        }
        ArchivedSnapshot first = history.save(orders);
        // Longer than the first, whatever its compression makes of the batch id.
        byte[] more = new byte[300];
        random.nextBytes(more);
        List<ArchivedSnapshot> archives = List.of(
                first, history.save(orders.put("LONGER", "X", 1, HexFormat.of().formatHex(more))));
        assertEquals(List.of(), history.verifyAll().findings());
        assertEquals(
                List.of("t", "t"),
                DATABASE.rows(
                        "SELECT count(*) > 2 FROM snapshot_archive_chunk GROUP BY archive_id ORDER BY archive_id"),
                "two chunks and a rest show what a swap does");
        return archives;
    }

    /** Both levels, and what each finds of the second archive, and of no other. */
    private void assertFoundOfTheSecond(String change, FindingType digest, FindingType content) {
        Map<VerificationLevel, FindingType> expected = new EnumMap<>(VerificationLevel.class);
        expected.put(VerificationLevel.DIGEST, digest);
        expected.put(VerificationLevel.CONTENT, content);
        expected.forEach((level, type) -> assertEquals(
                List.of(type + " of archive 2"),
                history.verify(level).findings().stream()
                        .map(finding -> finding.type() + " of archive "
                                + finding.archive().orElseThrow())
                        .toList(),
                () -> level + ": " + change));
    }

    @Test
    void chunksThatAreLostSwappedOrChangedAreFoundByDigestAndContent() {
        chunkedArchives();
        tamper("CREATE TABLE kept AS SELECT * FROM snapshot_archive_chunk");
        record Change(String sql, FindingType digest, FindingType content) {}
        String digestAnew = ", sha256 = encode(sha256(%s), 'hex')";
        for (Change change : List.of(
                new Change(
                        "DELETE FROM snapshot_archive_chunk WHERE archive_id = 2 AND chunk_no = 0",
                        FindingType.CHUNKS_DAMAGED,
                        FindingType.FILE_UNREADABLE),
                new Change(
                        "UPDATE snapshot_archive_chunk SET chunk_no = 100 WHERE archive_id = 2 AND chunk_no = 1",
                        FindingType.CHUNKS_DAMAGED,
                        FindingType.FILE_UNREADABLE),
                new Change(
                        "UPDATE snapshot_archive_chunk SET data = set_byte(data, 5, (get_byte(data, 5) + 1) % 256)"
                                + " WHERE archive_id = 2 AND chunk_no = 1",
                        FindingType.BYTES_CHANGED, FindingType.BYTES_CHANGED),
                new Change(
                        "UPDATE snapshot_archive_chunk SET data = substring(data FOR 9)"
                                + digestAnew.formatted("substring(data FOR 9)")
                                + " WHERE archive_id = 2 AND chunk_no = 0",
                        FindingType.SIZE_DIFFERS,
                        FindingType.FILE_UNREADABLE),
                new Change(
                        "UPDATE snapshot_archive_chunk SET chunk_no = -1 - chunk_no WHERE archive_id = 2 AND chunk_no"
                                + " IN (0, 1); UPDATE snapshot_archive_chunk SET chunk_no = chunk_no + 2"
                                + " WHERE archive_id = 2 AND chunk_no < 0",
                        FindingType.CHUNKS_DAMAGED,
                        FindingType.BYTES_CHANGED),
                new Change(
                        "UPDATE snapshot_archive_chunk SET data = set_byte(data, 5, 255 - get_byte(data, 5))"
                                + digestAnew.formatted("set_byte(data, 5, 255 - get_byte(data, 5))")
                                + " WHERE archive_id = 2 AND chunk_no = 0",
                        FindingType.CHUNKS_DAMAGED,
                        FindingType.BYTES_CHANGED),
                new Change(
                        "DELETE FROM snapshot_archive_chunk WHERE archive_id = 2; INSERT INTO snapshot_archive_chunk"
                                + " SELECT 2, chunk_no, sha256, data FROM kept WHERE archive_id = 1",
                        FindingType.CHUNKS_DAMAGED,
                        FindingType.FILE_UNREADABLE))) {
            tamper(change.sql());
            assertFoundOfTheSecond(change.sql(), change.digest(), change.content());
            tamper("DELETE FROM snapshot_archive_chunk; INSERT INTO snapshot_archive_chunk SELECT * FROM kept");
        }
        assertEquals(List.of(), history.verifyAll().findings());
    }

    @Test
    void chunksThatWereReplacedTogetherWithAllTheirDigestsAreFoundWithoutReadingThem() {
        chunkedArchives();
        String change = "UPDATE snapshot_archive_chunk SET data = set_byte(data, 5, 255 - get_byte(data, 5)) WHERE"
                + " archive_id = 2 AND chunk_no = 0; UPDATE snapshot_archive_chunk SET sha256 ="
                + " encode(sha256(data), 'hex'); UPDATE snapshot_archive SET chunks_sha256 ="
                + " snapshot_archive_chunks_digest(archive_id)";
        tamper(change);
        assertFound(Set.of(FindingType.RECORD_CHANGED));
        assertFound(Set.of(FindingType.RECORD_CHANGED), VerificationLevel.DIGEST);
        // With a digest of the record made anew, in either form, the chain's end is another.
        for (int form = 1; form <= 2; form++) {
            tamper("UPDATE snapshot_archive SET record_digest = snapshot_archive_digest_in(" + form
                    + ", archive_id, chain_no, previous_digest) WHERE archive_id = 2");
            assertFound(Set.of(FindingType.HEAD_MISMATCH), VerificationLevel.DIGEST);
        }
    }

    @Test
    void aFileThatWasMovedIntoChunksOrOutOfThemIsFoundByItsRecord() {
        history.saves(1);
        tamper("INSERT INTO snapshot_archive_chunk SELECT 1, 0, encode(sha256('another'), 'hex'), 'another';"
                + " UPDATE snapshot_archive SET parquet_data = '', parquet_size = 7, chunk_bytes = 7, chunk_count = 1,"
                + " chunks_sha256 = snapshot_archive_chunks_digest(1)");
        assertFound(Set.of(FindingType.RECORD_CHANGED), VerificationLevel.DIGEST);
    }

    @Test
    void recordsThatSwappedAllButTheirNumbersAreFound() {
        history.saves(4);
        String columns = "batch_id, snapshot_date, records_count, parquet_data, parquet_size, schema_hash,"
                + " file_checksum, sha256, fingerprint, uncompressed_size, rows_new, rows_changed, rows_unchanged,"
                + " rows_deleted, chain_no, previous_digest, record_digest";
        tamper("CREATE TABLE kept AS SELECT archive_id, " + columns + " FROM snapshot_archive;"
                + " ALTER TABLE snapshot_archive DROP CONSTRAINT uq_snapshot_archive_date;"
                + " DROP INDEX ux_snapshot_archive_batch;"
                + " UPDATE snapshot_archive a SET (" + columns + ") = (SELECT " + columns
                + " FROM kept k WHERE k.archive_id = 5 - a.archive_id) WHERE archive_id IN (2, 3)");
        List<Finding> findings = history.verify().findings();
        assertEquals(
                List.of(FindingType.RECORD_CHANGED, FindingType.RECORD_CHANGED),
                findings.stream().map(Finding::type).toList(),
                findings.toString());
    }

    @Test
    void aDeletedRowLeavesATombstoneAndAWarning() {
        history.saves(3);
        DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id = 1");
        assertFound(Set.of(FindingType.REMOVED_BY_HAND), VerificationLevel.CROSS, VerificationLevel.DIGEST);
        tamper("DELETE FROM snapshot_archive_tombstone");
        assertFound(Set.of(FindingType.RECORDS_MISSING));
    }

    @Test
    void rowsThatWereDeletedPastTheTriggersAreFound() {
        history.saves(5);
        tamper("DELETE FROM snapshot_archive WHERE archive_id IN (2, 3)");
        List<Finding> findings = history.verify().findings();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(FindingType.RECORDS_MISSING, findings.get(0).type());
        tamper("DELETE FROM snapshot_archive WHERE archive_id = 5");
        assertFound(Set.of(FindingType.RECORDS_MISSING, FindingType.END_MISSING));
    }

    @Test
    void theNewestThatWasDeletedWithItsHeadPutBackIsFoundByAnAnchorAndByTheWindow() {
        history.saves(4);
        List<ChainHead> anchor = history.verify().heads();
        tamper("DELETE FROM snapshot_archive WHERE archive_id = 4;"
                + " UPDATE snapshot_archive_chain h SET chain_no = a.chain_no, digest = a.record_digest"
                + " FROM snapshot_archive a WHERE a.archive_id = 3");
        assertFound(Set.of());
        assertFound(Set.of(FindingType.REFERENCE_DANGLING), VerificationLevel.CROSS);
        VerificationReport report =
                history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(anchor));
        assertEquals(Set.of(FindingType.CHAIN_ROLLED_BACK), ArchiveHistory.types(report));
    }

    @Test
    void anOlderStateOfTheWholeDatabaseIsFoundByAnAnchorAlone() {
        Orders orders = Orders.numbered(5);
        history.save(orders);
        // The rows are a part of that state: the ledger says which versions of rows a snapshot has.
        List<String> tables = List.of(
                "snapshot_archive",
                "snapshot_archive_chain",
                "snapshot_archive_tombstone",
                "snapshot_archive_redaction",
                "snapshot_ledger",
                "orders_test_snapshot",
                "orders_test_snapshot_version");
        backUp(tables);
        history.save(orders.put("NEW", "x", 1, null));
        List<ChainHead> anchor = history.verify().heads();
        restore(tables);
        assertEquals(
                List.of(),
                history.verify(VerificationLevel.CROSS, VerificationLevel.DIGEST)
                        .findings());
        VerificationReport back =
                history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(anchor));
        assertEquals(Set.of(FindingType.CHAIN_ROLLED_BACK), ArchiveHistory.types(back));
        history.archives()
                .forEach(archive -> assertEquals(1, archive.link().orElseThrow().number()));
        DATABASE.execute(
                "INSERT INTO snapshot_archive (snapshot_date, source_table, batch_id, parquet_data, parquet_size)"
                        + " VALUES ('2026-09-28', 'orders_test', gen_random_uuid(), 'x', 1)");
        VerificationReport grown =
                history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(anchor));
        assertEquals(Set.of(FindingType.CHAIN_REWRITTEN), ArchiveHistory.types(grown));
    }

    private static void backUp(List<String> tables) {
        tables.forEach(table -> tamper("CREATE TABLE backup_" + table + " AS SELECT * FROM " + table));
    }

    private static void restore(List<String> tables) {
        tables.forEach(table -> tamper("DELETE FROM " + table + "; INSERT INTO " + table + " OVERRIDING SYSTEM VALUE"
                + " SELECT * FROM backup_" + table));
    }

    @Test
    void aLedgerThatWasSetBackWithoutTheRowsOfTheWindowIsFound() {
        Orders orders = Orders.numbered(5);
        history.save(orders);
        backUp(List.of("snapshot_ledger"));
        history.save(orders.put("NEW", "x", 1, null));
        restore(List.of("snapshot_ledger"));
        List<Finding> findings = history.verify(VerificationLevel.CROSS).findings();
        assertEquals(
                List.of(FindingType.WINDOW_ROWS_NOT_THEIRS),
                findings.stream().map(Finding::type).toList(),
                findings.toString());
        assertTrue(findings.get(0).detail().contains("the window has 5 and 1 of another writer"), findings.toString());
    }

    @Test
    void aVersionThatTwoSnapshotsShareIsReportedForOneOfThem() {
        history.saves(4);
        // Snapshot 4 shares 18 rows with snapshot 3, and changed JOO-3, which snapshot 3 has as a former version.
        tamper("UPDATE orders_test_snapshot SET records_count = 7 WHERE \"ORDER\" = 'JOO-9'");
        assertStampsDiffer(Map.of(4L, "of the 20 rows of the window's snapshot of"));
        tamper("UPDATE orders_test_snapshot_version SET records_count = 7");
        assertStampsDiffer(Map.of(4L, "1 does not say 20 rows (each row", 3L, "1 does not say 20 rows"));
        tamper("UPDATE orders_test_snapshot SET records_count = 20");
        assertStampsDiffer(Map.of(3L, "1 does not say 20 rows"));
    }

    @Test
    void aBatchIdThatNoSnapshotOfThePartitionHasIsFound() {
        history.saves(2);
        history.save(Orders.numbered(20), "GREYSON");
        for (String batch :
                List.of("gen_random_uuid()", "(SELECT batch_id FROM snapshot_ledger WHERE partition = 'GREYSON')")) {
            tamper("UPDATE orders_test_snapshot SET batch_id = " + batch
                    + " WHERE \"ORDER\" = 'JOO-9' AND customer_filter = 'ALL'");
            assertStampsDiffer(Map.of(2L, "1 is not dated"));
        }
    }

    /** The pipeline archives a snapshot itself and sets the archive in the rows of the batch; it knows no ledger. */
    @Test
    void theArchiveOfAnEarlierSnapshotIsLegitimateInTheRowsThatAppearedWithIt() {
        history.saves(3);
        DATABASE.execute("UPDATE snapshot_ledger SET archive_id = NULL WHERE archive_id = 2");
        assertFound(Set.of(FindingType.REFERENCE_MISSING), VerificationLevel.CROSS);
        DATABASE.execute("UPDATE snapshot_ledger SET archive_id = 2 WHERE state = 'PREVIOUS'");
        assertFound(Set.of(), VerificationLevel.CROSS);
        tamper("UPDATE orders_test_snapshot SET parquet_archive_id = 3 WHERE parquet_archive_id = 1");
        assertStampsDiffer(Map.of(3L, "18 do not refer to archive 3 or that of an earlier snapshot (each row"));
    }

    /** Which snapshots have other stamps, by the number of their archive, and a part of what is said. */
    private void assertStampsDiffer(Map<Long, String> details) {
        List<Finding> findings = history.verify(VerificationLevel.CROSS).findings();
        assertEquals(
                details.keySet(),
                findings.stream()
                        .map(finding -> finding.archive().orElseThrow().value())
                        .collect(Collectors.toSet()),
                findings.toString());
        assertEquals(details.size(), findings.size(), findings.toString());
        for (Finding finding : findings) {
            assertEquals(FindingType.WINDOW_STAMPS_DIFFER, finding.type(), findings.toString());
            assertTrue(
                    finding.detail()
                            .contains(
                                    details.get(finding.archive().orElseThrow().value())),
                    findings.toString());
        }
    }

    @Test
    void aChangedColumnIsFoundWhicheverItIs() {
        history.saves(3);
        for (String change : List.of(
                "records_count = records_count + 1",
                "fingerprint = repeat('0', 64)",
                "fingerprint = 'nonsense'",
                "fingerprint = NULL",
                "schema_hash = repeat('0', 64)",
                "sha256 = repeat('0', 64)",
                "file_checksum = repeat('0', 32)",
                "hash_spec_id = 'hsr1-0123456789abcdef'",
                "snapshot_date = snapshot_date + interval '1 microsecond'",
                "source_database = 'OTHER'",
                "rows_changed = 17",
                "parquet_size = parquet_size - 1",
                "original_columns = 3",
                "batch_id = gen_random_uuid()")) {
            String list = "records_count, fingerprint, schema_hash, sha256, file_checksum, hash_spec_id, snapshot_date,"
                    + " source_database, rows_changed, parquet_size, original_columns, batch_id";
            tamper("CREATE TABLE kept AS SELECT " + list + " FROM snapshot_archive WHERE archive_id = 2");
            tamper("UPDATE snapshot_archive SET " + change + " WHERE archive_id = 2");
            VerificationReport report = history.verify();
            assertEquals(Set.of(FindingType.RECORD_CHANGED), ArchiveHistory.types(report), change + ": " + report);
            assertEquals(1, report.findings().size(), change);
            assertEquals(Optional.of(new ArchiveId(2)), report.findings().get(0).archive());
            tamper("UPDATE snapshot_archive SET (" + list + ") = (SELECT " + list + " FROM kept) WHERE archive_id = 2;"
                    + " DROP TABLE kept");
        }
        assertFound(Set.of());
    }

    @Test
    void changedTombstonesRedactionsAndHeadsAreFound() {
        history.saves(5);
        history.redact(new ArchiveId(4), 2);
        history.remove(new ArchiveId(1));
        assertFound(Set.of());
        tamper("UPDATE snapshot_archive_tombstone SET records_count = 1");
        assertFound(Set.of(FindingType.RECORD_CHANGED));
        tamper("UPDATE snapshot_archive_tombstone SET records_count = 20");
        tamper("UPDATE snapshot_archive_redaction SET reason = 'another'");
        assertFound(Set.of(FindingType.RECORD_CHANGED));
        tamper("DELETE FROM snapshot_archive_redaction");
        // The chain then ends too early, and the archive after it follows what nobody knows any more.
        assertFound(Set.of(FindingType.END_MISSING, FindingType.LINK_BROKEN));
        tamper("DELETE FROM snapshot_archive_chain");
        assertFound(Set.of(FindingType.HEAD_MISMATCH, FindingType.LINK_BROKEN));
    }

    @Test
    void aWindowThatRefersToNothingOrCountsOtherwiseIsFound() {
        history.saves(3);
        DATABASE.execute("UPDATE snapshot_ledger SET archive_id = 4711 WHERE state = 'CURRENT'");
        assertFound(Set.of(FindingType.REFERENCE_DANGLING), VerificationLevel.CROSS);
        DATABASE.execute("UPDATE snapshot_ledger SET archive_id = 1 WHERE state = 'CURRENT'");
        assertFound(Set.of(FindingType.REFERENCE_MISPLACED), VerificationLevel.CROSS);
        DATABASE.execute("UPDATE snapshot_ledger SET archive_id = NULL WHERE state = 'CURRENT'");
        assertFound(Set.of(FindingType.REFERENCE_MISSING), VerificationLevel.CROSS);
        DATABASE.execute("UPDATE snapshot_ledger SET archive_id = 3, fingerprint = repeat('0', 64),"
                + " hash_spec_id = 'hsr1-0123456789abcdef' WHERE state = 'CURRENT'");
        assertFound(
                Set.of(FindingType.WINDOW_FINGERPRINT_DIFFERS, FindingType.WINDOW_HASH_SPEC_DIFFERS),
                VerificationLevel.CROSS);
    }

    @Test
    void rowsThatWereDeletedFromTheWindowAreNotTakenForAForeignWriters() {
        history.saves(2);
        DATABASE.execute("DELETE FROM orders_test_snapshot WHERE \"ORDER\" = 'JOO-3'");
        assertFound(Set.of(FindingType.WINDOW_ROWS_MISSING), VerificationLevel.CROSS);
        DATABASE.execute("DELETE FROM orders_test_snapshot_version WHERE \"ORDER\" = 'JOO-3'");
        List<Finding> findings = history.verify(VerificationLevel.CROSS).findings();
        assertEquals(2, findings.size(), findings.toString());
        DATABASE.execute("UPDATE orders_test_snapshot SET batch_id = NULL");
        assertFound(
                Set.of(FindingType.WINDOW_ROWS_MISSING, FindingType.WINDOW_ROWS_NOT_THEIRS), VerificationLevel.CROSS);
    }

    @Test
    void rowsThatAForeignWriterPutIntoTheWindowAreLeftOutAndSaid() {
        history.saves(2);
        // Its own statements: all of the partition's rows, then an INSERT that knows no batch and no ledger.
        DATABASE.execute("CREATE TABLE kept AS SELECT * FROM orders_test_snapshot;"
                + " DELETE FROM orders_test_snapshot WHERE customer_filter = 'ALL';"
                + " INSERT INTO orders_test_snapshot (record_uuid, row_hash, \"ORDER\", \"CUSTOMER\", snapshot_date,"
                + " customer_filter) SELECT record_uuid, row_hash, \"ORDER\", \"CUSTOMER\", '2026-10-01', 'ALL'"
                + " FROM kept");
        VerificationReport report = history.verify(VerificationLevel.CROSS, VerificationLevel.CONTENT);
        assertEquals(List.of(), report.findings());
        assertEquals(
                Set.of(
                        new LeftOut(VerificationLevel.CROSS, LeftOut.Reason.FOREIGN_SNAPSHOT, 1, List.of()),
                        new LeftOut(VerificationLevel.CONTENT, LeftOut.Reason.FOREIGN_SNAPSHOT, 1, List.of())),
                Set.copyOf(report.leftOut()));
    }

    @Test
    void aRowOfTheWindowThatWasChangedIsFoundByItsContent() {
        history.saves(2);
        DATABASE.execute("UPDATE orders_test_snapshot SET row_hash = repeat('0', 64) WHERE \"ORDER\" = 'JOO-3'");
        assertFound(Set.of(FindingType.WINDOW_ROWS_CHANGED), VerificationLevel.CONTENT);
    }

    @Test
    void whatThePipelineWritesGivesNoFalseAlarm() {
        history.saves(2);
        ArchivedSnapshot source = history.archives().get(0);
        // Its own statement, over a file of some Parquet writer.
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, batch_id, records_count,"
                + " source_database, source_table, parquet_data, parquet_size, compression_ratio, original_columns,"
                + " schema_hash, file_checksum, tags) SELECT '2026-09-27 09:00:00', 'ALL', gen_random_uuid(), "
                + source.rowCount().orElseThrow()
                + ", 'ORDERS', 'orders_test', parquet_data, octet_length(parquet_data),"
                + " 0.25, 268, md5('columns'), md5(parquet_data), '{\"by\": \"pipeline\"}'"
                + " FROM snapshot_archive WHERE archive_id = 1");
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, source_table, parquet_data)"
                + " SELECT '2026-09-27 09:00:01', 'orders_test', parquet_data FROM snapshot_archive"
                + " WHERE archive_id = 1");
        VerificationReport report = history.verifyAll();
        assertEquals(List.of(), report.findings());
        assertEquals(4, report.coverage().get(3).checked());
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, source_table, parquet_data, parquet_size,"
                + " file_checksum) VALUES ('2026-09-27 09:00:02', 'orders_test', 'no Parquet', 10, md5('no Parquet'))");
        assertEquals(List.of(), history.verifyAll().findings());
    }

    @Test
    void partitionsAreToldApartThoughTheirNamesAreStrange() {
        history.save(Orders.numbered(3), "a'b\"c");
        history.save(Orders.numbered(3), "A'B\"C");
        tamper("DELETE FROM snapshot_archive WHERE archive_id = 2");
        List<Finding> findings = history.verify().findings();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(new Partition("A'B\"C"), findings.get(0).partition());
    }

    @Test
    void recordsDatedOutsideTheCalendarAreFoundAndTheRestIsVerified() {
        history.saves(2);
        for (String date : List.of("infinity", "-infinity", "294276-12-31", "0001-12-31 BC")) {
            DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, source_table, parquet_data, parquet_size,"
                    + " file_checksum) SELECT '" + date + "', 'orders_test', parquet_data, parquet_size, file_checksum"
                    + " FROM snapshot_archive WHERE archive_id = 1");
        }
        VerificationReport report = history.verifyAll();
        assertEquals(
                List.of(
                        FindingType.DATE_IMPOSSIBLE,
                        FindingType.DATE_IMPOSSIBLE,
                        FindingType.DATE_IMPOSSIBLE,
                        FindingType.DATE_IMPOSSIBLE),
                report.findings().stream().map(Finding::type).toList(),
                report.findings().toString());
        assertEquals(Severity.ERROR, report.findings().get(0).severity());
        assertEquals(6, report.coverage().get(3).checked());
        tamper("UPDATE snapshot_archive SET snapshot_date = '2026-01-01' WHERE snapshot_date = 'infinity'");
        assertFound(Set.of(FindingType.DATE_IMPOSSIBLE, FindingType.RECORD_CHANGED));
    }

    @Test
    void rowsOfTheWindowDatedOutsideTheCalendarAreFoundAndTheNextSaveIsDatedNow() {
        for (String date : List.of("infinity", "-infinity", "294276-12-31 23:59:59.999999")) {
            history.saves(1);
            DATABASE.execute("UPDATE orders_test_snapshot SET snapshot_date = '" + date + "', batch_id = NULL");
            assertFound(Set.of(FindingType.WINDOW_DATE_IMPOSSIBLE), VerificationLevel.CROSS, VerificationLevel.CONTENT);
            ArchivedSnapshot next = history.save(Orders.numbered(20).put("JOO-1", date, 1, null));
            assertEquals(history.environment().clock().instant(), next.date());
            // The window keeps it as the previous one, dated just before the snapshot that took its place.
            assertFound(Set.of(), VerificationLevel.CROSS, VerificationLevel.CONTENT);
        }
        history.saves(1);
        assertFound(Set.of(), VerificationLevel.CROSS, VerificationLevel.CONTENT);
        assertEquals(
                List.of(false, false),
                history.environment().window().snapshots(Orders.DATASET, Optional.empty()).stream()
                        .map(WindowSnapshot::isForeign)
                        .toList(),
                "it has left the window like any other");
    }
}
