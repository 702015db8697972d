/**
 * Sample data, the start of the data's way where nobody has a table of their own at hand: real files
 * ({@link io.hybridsnapshot.samples.SampleFiles}) and orders made up from a seed ({@link
 * io.hybridsnapshot.samples.OrdersMaker}), which feed the demo, tests and benchmarks through {@code
 * io.hybridsnapshot.domain.source}.
 */
package io.hybridsnapshot.samples;
