package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The result of a verification of several datasets. Immutable.
 *
 * @param reports one report a verified dataset, by name
 * @param foreign tables of foreign writers with names that no dataset can have; they were not verified
 * @param refused datasets that the window refuses as they are defined, by name, with its reason; they were not verified
 */
public record DatasetsVerification(
        List<VerificationReport> reports, List<String> foreign, Map<String, SnapshotException> refused) {
    public DatasetsVerification {
        reports = List.copyOf(reports);
        foreign = List.copyOf(foreign);
        refused = Collections.unmodifiableMap(new TreeMap<>(refused));
    }

    /** Returns how many findings of all datasets are so bad. */
    public long count(Severity severity) {
        return reports.stream().mapToLong(report -> report.count(severity)).sum();
    }

    /**
     * Returns the heads to note after a verification: those just read, and the earlier ones of all other chains.
     *
     * @param before the heads noted before
     */
    public List<ChainHead> heads(List<ChainHead> before) {
        Map<String, ChainHead> heads = new LinkedHashMap<>();
        before.forEach(head -> heads.put(chain(head), head));
        reports.forEach(report -> report.heads().forEach(head -> heads.put(chain(head), head)));
        return List.copyOf(heads.values());
    }

    private static String chain(ChainHead head) {
        return head.dataset() + "\n" + head.partition();
    }
}
