package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A verification of several datasets. Immutable.
 *
 * @param names the datasets; names that no dataset can have are reported and not verified
 * @param template what is verified of each: its dataset is a placeholder, its time limit is that of all together
 */
public record VerifyDatasetsRequest(List<String> names, VerifyRequest template) {
    private static final Dataset PLACEHOLDER = Dataset.of("placeholder", List.of("key"));

    public VerifyDatasetsRequest {
        names = List.copyOf(names);
        Objects.requireNonNull(template, "template");
    }

    /** Returns a request for all of these datasets on these levels. */
    public static VerifyDatasetsRequest of(List<String> names, Set<VerificationLevel> levels) {
        return new VerifyDatasetsRequest(names, VerifyRequest.of(PLACEHOLDER, levels));
    }

    /** Returns the same request for one partition of each dataset. */
    public VerifyDatasetsRequest in(Partition only) {
        return new VerifyDatasetsRequest(names, template.in(only));
    }

    /** Returns the same request for a sample; its seed also orders the datasets. */
    public VerifyDatasetsRequest withSampling(Sampling sample) {
        return new VerifyDatasetsRequest(names, template.withSampling(sample));
    }

    /** Returns the same request within a limit of time for all datasets together. */
    public VerifyDatasetsRequest within(Duration limit) {
        return new VerifyDatasetsRequest(names, template.within(limit));
    }

    /** Returns the same request with heads that were noted earlier. */
    public VerifyDatasetsRequest withAnchors(List<ChainHead> heads) {
        return new VerifyDatasetsRequest(names, template.withAnchors(heads));
    }

    /** Returns the same request with a receiver of the progress. */
    public VerifyDatasetsRequest withProgress(Progress receiver) {
        return new VerifyDatasetsRequest(names, with(template.dataset(), template.maxDuration(), receiver));
    }

    /** The request for one dataset. */
    VerifyRequest of(Dataset dataset, Optional<Duration> left) {
        return with(dataset, left, template.progress());
    }

    private VerifyRequest with(Dataset dataset, Optional<Duration> limit, Progress receiver) {
        return new VerifyRequest(
                dataset,
                template.partition(),
                template.levels(),
                template.sampling(),
                limit,
                template.anchors(),
                receiver);
    }
}
