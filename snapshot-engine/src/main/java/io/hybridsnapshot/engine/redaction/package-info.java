/**
 * Erases rows from archives by their keys: a plan first, then the rewriting of each archive. Reads archives through the
 * codec; feeds the archive's audit.
 */
@NullMarked
package io.hybridsnapshot.engine.redaction;

import org.jspecify.annotations.NullMarked;
