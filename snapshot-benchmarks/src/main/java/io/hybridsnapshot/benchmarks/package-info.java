/** Measurements of the hot paths, and of a peer on the same data. */
package io.hybridsnapshot.benchmarks;
