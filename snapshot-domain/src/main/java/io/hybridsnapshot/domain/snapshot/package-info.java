/** What a snapshot is called and what is known of it: ids, partitions, fingerprints. Read by every later step. */
package io.hybridsnapshot.domain.snapshot;
