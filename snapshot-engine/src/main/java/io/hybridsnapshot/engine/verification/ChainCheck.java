package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Checks the records of a partition against each other. Every archive and every change set, removed or not, and every
 * redaction is a link with a number from 1 without gaps. A link carries the digest with which the link before it
 * joined. An archive that was redacted joined with the digest that its first redaction replaced. One thread; used once.
 *
 * <p>Two manipulations stay undetected: removing the newest links and setting the head back accordingly, and computing
 * every digest anew. Only a head that was noted elsewhere (an anchor) reveals them.
 */
final class ChainCheck {
    /** Clocks of two machines may differ; a date further ahead than this is strange. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final Pattern MD5 = Pattern.compile("[0-9a-fA-F]{32}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    private final ChainRecords records;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<ArchiveId, List<Redaction>> redactions = new HashMap<>();
    private final TreeMap<Long, List<Link>> links = new TreeMap<>();

    /** A link as the chain sees it; {@code joined} is the digest with which it joined. */
    private record Link(
            long number, String previous, String joined, Optional<ArchivedSnapshot> archive, String description) {}

    private ChainCheck(ChainRecords records) {
        this.records = records;
    }

    /**
     * Returns the faults of a partition's records.
     *
     * @param anchors heads of this chain that were noted earlier
     * @param now the present, for dates that are yet to come
     */
    public static List<Finding> findings(ChainRecords records, List<ChainHead> anchors, Instant now) {
        ChainCheck check = new ChainCheck(records);
        check.collect();
        check.requireRecords(now);
        check.requireRedactions();
        check.requireLinks();
        check.requireHead();
        anchors.forEach(check::requireAnchor);
        return check.findings;
    }

    private void collect() {
        records.redactions().stream()
                .sorted(Comparator.comparingLong(redaction -> redaction.link().number()))
                .forEach(redaction -> redactions
                        .computeIfAbsent(redaction.archive(), id -> new ArrayList<>())
                        .add(redaction));
        records.archives().forEach(this::collect);
        records.tombstones().stream().map(Tombstone::archive).forEach(this::collect);
        for (Redaction redaction : records.redactions()) {
            ChainLink link = redaction.link();
            add(new Link(
                    link.number(),
                    link.previousDigest(),
                    link.digest(),
                    Optional.empty(),
                    "the redaction of archive " + redaction.archive() + " of " + redaction.at()));
        }
        records.changeSets()
                .forEach(changeSet -> changeSet
                        .link()
                        .ifPresent(link -> add(new Link(
                                link.number(),
                                link.previousDigest(),
                                link.digest(),
                                Optional.empty(),
                                description(changeSet)))));
    }

    private static String description(ChangeSet changeSet) {
        return "the change set from archive " + changeSet.base() + " to " + changeSet.archive();
    }

    private void collect(ArchivedSnapshot archive) {
        archive.link().ifPresent(link -> {
            List<Redaction> rewritten = redactions.getOrDefault(archive.id(), List.of());
            String joined =
                    rewritten.isEmpty() ? link.digest() : rewritten.get(0).replacedDigest();
            add(new Link(link.number(), link.previousDigest(), joined, Optional.of(archive), description(archive)));
        });
    }

    private static String description(ArchivedSnapshot archive) {
        return "archive " + archive.id() + " of " + SnapshotDates.text(archive.date());
    }

    private void add(Link link) {
        links.computeIfAbsent(link.number(), number -> new ArrayList<>()).add(link);
    }

    private void requireRecords(Instant now) {
        for (ArchivedSnapshot archive : records.archives()) {
            requireRecord(archive);
            requirePlausible(archive, now);
            if (archive.link().isEmpty()) {
                add(FindingType.ARCHIVE_WITHOUT_LINK, archive, "it has no place in the chain of its partition");
            }
        }
        for (Tombstone tombstone : records.tombstones()) {
            requireRecord(tombstone.archive());
            if (tombstone.reason().isEmpty()) {
                add(
                        FindingType.REMOVED_BY_HAND,
                        tombstone.archive(),
                        "removed at " + tombstone.removedAt() + " by " + tombstone.removedBy() + ", no reason given");
            }
        }
        for (Redaction redaction : records.redactions()) {
            String digest = RecordDigest.of(redaction);
            if (!digest.equals(redaction.link().digest())) {
                add(
                        FindingType.RECORD_CHANGED,
                        redaction,
                        "the redaction's record has digest " + digest + ", expected "
                                + redaction.link().digest());
            }
        }
        records.changeSets().forEach(this::requireRecord);
    }

    private void requireRecord(ChangeSet changeSet) {
        changeSet.link().ifPresent(link -> {
            String digest = RecordDigest.of(changeSet);
            if (!digest.equals(link.digest())) {
                findings.add(new Finding(
                        FindingType.RECORD_CHANGED,
                        changeSet.dataset(),
                        changeSet.partition(),
                        Optional.of(changeSet.archive()),
                        Optional.empty(),
                        "the record of " + description(changeSet) + " has digest " + digest + ", expected "
                                + link.digest()));
            }
        });
    }

    private void requireRecord(ArchivedSnapshot archive) {
        archive.link().ifPresent(link -> {
            if (!RecordDigest.isOf(archive, link)) {
                add(
                        FindingType.RECORD_CHANGED,
                        archive,
                        "its record has digest " + RecordDigest.of(archive, link.number(), link.previousDigest())
                                + ", expected " + link.digest());
            }
        });
    }

    private void requirePlausible(ArchivedSnapshot archive, Instant now) {
        List<String> strange = new ArrayList<>();
        if (archive.size() < 1) {
            strange.add(archive.size() + " bytes");
        }
        archive.rowCount().ifPresent(rows -> note(rows < 0, rows + " rows", strange));
        archive.columnCount().ifPresent(columns -> note(columns < 1, columns + " columns", strange));
        archive.uncompressedSize().ifPresent(size -> note(size < 0, size + " uncompressed bytes", strange));
        // The archive's clock counts as well, since either clock may be the right one.
        Instant present = archive.createdAt()
                .filter(SnapshotDates::isPossible)
                .filter(now::isBefore)
                .orElse(now);
        if (SnapshotDates.isPossible(archive.date())) {
            note(archive.date().isAfter(present.plus(AHEAD)), "a date that is yet to come, " + archive.date(), strange);
        } else {
            add(
                    FindingType.DATE_IMPOSSIBLE,
                    archive,
                    "its record is dated " + SnapshotDates.text(archive.date()) + ", expected a year from 1 to 9999");
        }
        archive.createdAt()
                .ifPresent(created -> note(
                        !SnapshotDates.isPossible(created),
                        "an impossible time of archiving, " + SnapshotDates.text(created),
                        strange));
        archive.md5().ifPresent(md5 -> note(!MD5.matcher(md5).matches(), "an MD5 of another form", strange));
        archive.sha256()
                .ifPresent(sha256 -> note(!SHA256.matcher(sha256).matches(), "a SHA-256 of another form", strange));
        if (!strange.isEmpty()) {
            add(FindingType.RECORD_IMPLAUSIBLE, archive, "its record says " + String.join(", ", strange));
        }
    }

    private static void note(boolean isStrange, String text, List<String> strange) {
        if (isStrange) {
            strange.add(text);
        }
    }

    private void requireRedactions() {
        Map<ArchiveId, ArchivedSnapshot> known = new HashMap<>();
        records.tombstones().forEach(tombstone -> known.put(tombstone.archive().id(), tombstone.archive()));
        records.archives().forEach(archive -> known.put(archive.id(), archive));
        redactions.forEach((id, rewritten) -> {
            Optional<ChainLink> link = Optional.ofNullable(known.get(id)).flatMap(ArchivedSnapshot::link);
            Redaction first = rewritten.get(0);
            if (link.isEmpty()) {
                add(FindingType.REDACTION_INCONSISTENT, first, "a redaction of an archive that has no record");
                return;
            }
            if (first.link().number() <= link.get().number()) {
                add(
                        FindingType.REDACTION_INCONSISTENT,
                        first,
                        "record " + first.link().number() + " of the chain, not after its archive, which is record "
                                + link.get().number());
            }
            for (int i = 1; i < rewritten.size(); i++) {
                requireEqual(
                        rewritten.get(i),
                        "it replaced a record of digest " + rewritten.get(i).replacedDigest(),
                        rewritten.get(i).replacedDigest(),
                        rewritten.get(i - 1).recordDigest());
            }
            Redaction last = rewritten.get(rewritten.size() - 1);
            requireEqual(
                    last,
                    "its archive's record has digest " + link.get().digest(),
                    link.get().digest(),
                    last.recordDigest());
        });
    }

    private void requireEqual(Redaction redaction, String found, String actual, String expected) {
        if (!actual.equals(expected)) {
            add(FindingType.REDACTION_INCONSISTENT, redaction, found + ", expected " + expected);
        }
    }

    private void requireLinks() {
        long last = 0;
        List<Link> before = List.of();
        for (Map.Entry<Long, List<Link>> entry : links.entrySet()) {
            long number = entry.getKey();
            List<Link> here = entry.getValue();
            if (number < 1 || here.size() > 1) {
                here.forEach(link -> add(
                        FindingType.POSITION_TAKEN,
                        link,
                        link.description() + " is record " + number + " of the chain"
                                + (number < 1 ? ", which begins with 1" : ", and so is another")));
            }
            if (number < 1) {
                continue;
            }
            if (number > last + 1) {
                add(
                        FindingType.RECORDS_MISSING,
                        range(last + 1, number - 1) + " missing, "
                                + (before.isEmpty()
                                        ? "from the beginning"
                                        : "after " + before.get(0).description())
                                + " to before " + here.get(0).description());
            } else {
                requirePrevious(before, here);
            }
            last = number;
            before = here;
        }
    }

    private void requirePrevious(List<Link> before, List<Link> here) {
        for (Link link : here) {
            boolean follows = before.isEmpty()
                    ? link.previous().equals(ChainLink.NONE)
                    : before.stream().anyMatch(candidate -> candidate.joined().equals(link.previous()));
            if (!follows) {
                add(
                        FindingType.LINK_BROKEN,
                        link,
                        link.description() + " (record " + link.number() + ") follows a record of digest "
                                + link.previous() + ", but "
                                + (before.isEmpty()
                                        ? "nothing is before it"
                                        : "before it is " + before.get(0).description() + " with digest "
                                                + before.get(0).joined()));
            }
        }
    }

    private static String range(long first, long last) {
        return first == last
                ? "record " + first + " of the chain is"
                : "records " + first + " to " + last + " of the chain are";
    }

    private long end() {
        return links.isEmpty() ? 0 : Math.max(0, links.lastKey());
    }

    private void requireHead() {
        long end = end();
        if (records.head().isEmpty()) {
            if (end > 0) {
                add(FindingType.HEAD_MISMATCH, "the chain has " + Counted.of(end, "record") + " and no head");
            }
            return;
        }
        ChainHead head = records.head().get();
        if (head.number() > end) {
            add(FindingType.END_MISSING, range(end + 1, head.number()) + " missing, up to the head");
        } else if (head.number() < end) {
            add(FindingType.HEAD_MISMATCH, "the head is record " + head.number() + ", the last one is " + end);
        } else if (end > 0 && !joinedAt(end, head.digest())) {
            add(
                    FindingType.HEAD_MISMATCH,
                    "the head has digest " + head.digest() + ", the last record (" + end + ") has "
                            + linksAt(end).get(0).joined());
        }
    }

    private List<Link> linksAt(long number) {
        return links.getOrDefault(number, List.of());
    }

    private boolean joinedAt(long number, String digest) {
        return linksAt(number).stream().anyMatch(link -> link.joined().equals(digest));
    }

    private void requireAnchor(ChainHead anchor) {
        if (anchor.number() < 1 || joinedAt(anchor.number(), anchor.digest())) {
            return;
        }
        String noted = "record " + anchor.number() + " was noted with digest " + anchor.digest();
        if (anchor.number() > end()) {
            add(FindingType.CHAIN_ROLLED_BACK, noted + "; the chain now ends with record " + end());
        } else {
            add(
                    FindingType.CHAIN_REWRITTEN,
                    noted + "; "
                            + Optional.ofNullable(links.get(anchor.number()))
                                    .map(there -> "there is now " + there.get(0).description() + " with digest "
                                            + there.get(0).joined())
                                    .orElse("nothing is there now"));
        }
    }

    private void add(FindingType type, ArchivedSnapshot archive, String detail) {
        findings.add(Finding.of(type, archive, detail));
    }

    private void add(FindingType type, Redaction redaction, String detail) {
        findings.add(new Finding(
                type,
                records.dataset(),
                records.partition(),
                Optional.of(redaction.archive()),
                Optional.empty(),
                detail));
    }

    private void add(FindingType type, Link link, String detail) {
        if (link.archive().isPresent()) {
            add(type, link.archive().get(), detail);
        } else {
            add(type, detail);
        }
    }

    private void add(FindingType type, String detail) {
        findings.add(Finding.ofChain(type, records.dataset(), records.partition(), detail));
    }
}
