/** Violations on purpose, and next to them what is allowed: the rules of the architecture have to tell the two apart. */
package io.hybridsnapshot.testkit.planted;
