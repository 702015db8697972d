/**
 * Seeded makers of tables and of hashed rows, the comparison of two streams of rows, and what others do to a window with statements of their own.
 * Feeds the contracts and adapters' own tests.
 */
package io.hybridsnapshot.testkit.data;
