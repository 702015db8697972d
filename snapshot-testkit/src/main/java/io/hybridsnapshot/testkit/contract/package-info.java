/**
 * One abstract JUnit contract per port. An adapter's test extends the contract and adds only the factory. The contracts
 * use only the port and the makers of {@code data}.
 */
@NullMarked
package io.hybridsnapshot.testkit.contract;

import org.jspecify.annotations.NullMarked;
