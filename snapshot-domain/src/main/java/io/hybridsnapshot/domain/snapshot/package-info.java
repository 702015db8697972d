/** The names and properties of a snapshot: ids, partitions, fingerprints. All later steps read them. */
@NullMarked
package io.hybridsnapshot.domain.snapshot;

import org.jspecify.annotations.NullMarked;
