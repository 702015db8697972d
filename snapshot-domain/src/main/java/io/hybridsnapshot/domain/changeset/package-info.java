/**
 * The form of a change set: all that turns one archived snapshot into the next, or back. It reads the types of {@code
 * schema} and feeds {@code archive}, which keeps change sets beside the files of snapshots.
 */
@NullMarked
package io.hybridsnapshot.domain.changeset;

import org.jspecify.annotations.NullMarked;
