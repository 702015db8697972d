/** Seeded makers of tables and of hashed rows, and the comparison of two streams of rows. Feeds the contracts and adapters' own tests. */
package io.hybridsnapshot.testkit.data;
