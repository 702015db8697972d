/**
 * Which snapshots are kept and which may go: rules, and plans that name a rule for each. Reads the catalogues of both
 * stores.
 */
package io.hybridsnapshot.domain.retention;
