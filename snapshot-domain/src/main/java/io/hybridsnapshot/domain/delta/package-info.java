/**
 * What changed between two snapshots: sorted identities and hashes, the merge of two of them, the counts and the changed cells. Reads
 * hashes and archived rows; feeds reports.
 */
package io.hybridsnapshot.domain.delta;
