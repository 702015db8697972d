/**
 * Finds, lists and loads stored snapshots: references by number, id, date or tag, statistics and trends. Reads the
 * window and the archive through their ports; feeds the comparison, the redaction and reports.
 */
@NullMarked
package io.hybridsnapshot.engine.catalogue;

import org.jspecify.annotations.NullMarked;
