/** Adapters of every port that keep all in memory (the codec: in a plain file). They pass the contracts and stand in for stores in tests. */
package io.hybridsnapshot.testkit.memory;
