/**
 * Seeded makers of tables and of hashed rows, the comparison of two streams of rows, and the statements of foreign
 * writers on a window. The contracts and the adapters' own tests use them.
 */
@NullMarked
package io.hybridsnapshot.testkit.data;

import org.jspecify.annotations.NullMarked;
