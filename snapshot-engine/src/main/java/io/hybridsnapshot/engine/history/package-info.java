/**
 * Questions about the past of rows: what happened to one, since when it has its values, how it was. The use cases read
 * change sets, and the files of snapshots where there is none.
 */
@NullMarked
package io.hybridsnapshot.engine.history;

import org.jspecify.annotations.NullMarked;
