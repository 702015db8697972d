/**
 * The architecture as rules that a build can check. The rules apply to this project's modules and to adapters written
 * by other teams.
 */
@NullMarked
package io.hybridsnapshot.testkit.architecture;

import org.jspecify.annotations.NullMarked;
