/** One contract per port, in-memory adapters, data makers and architecture rules. */
package io.hybridsnapshot.testkit;
