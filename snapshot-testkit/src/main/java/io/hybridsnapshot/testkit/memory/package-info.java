/**
 * Adapters of every port that keep their data in memory; the codec writes a plain file. The adapters pass the contracts
 * and replace real stores in tests.
 */
@NullMarked
package io.hybridsnapshot.testkit.memory;

import org.jspecify.annotations.NullMarked;
