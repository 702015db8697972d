/** The names and properties of a snapshot: ids, partitions, fingerprints. All later steps read them. */
package io.hybridsnapshot.domain.snapshot;
