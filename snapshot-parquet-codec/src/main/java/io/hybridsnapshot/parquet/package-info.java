/**
 * Row batches to and from Parquet: the codec of the archive and a source for any flat Parquet file.
 * {@code docs/parquet.md} describes the written format, the values kept aside and the readers that understand them.
 */
@NullMarked
package io.hybridsnapshot.parquet;

import org.jspecify.annotations.NullMarked;
