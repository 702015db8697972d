/** Row batches to and from Parquet. */
package io.hybridsnapshot.parquet;
