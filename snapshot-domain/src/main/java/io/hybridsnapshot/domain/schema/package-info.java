/** Names and types of the columns of a table, their hash, and the drift between two schemas. Read by every step. */
package io.hybridsnapshot.domain.schema;
