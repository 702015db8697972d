/** Tables that no dataset describes: their types, their keys, and rows that cannot be compared. */
@NullMarked
package io.hybridsnapshot.engine.internal.tables;

import org.jspecify.annotations.NullMarked;
