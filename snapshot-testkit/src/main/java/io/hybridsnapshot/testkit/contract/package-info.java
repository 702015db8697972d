/**
 * One abstract JUnit contract per port. An adapter's test extends it and holds the factory, nothing else; the contracts read nothing but
 * the port and the makers of {@code data}.
 */
package io.hybridsnapshot.testkit.contract;
