/** Names and types of the columns of a table, their hash, and the drift between two schemas. Read by every step. */
@NullMarked
package io.hybridsnapshot.domain.schema;

import org.jspecify.annotations.NullMarked;
