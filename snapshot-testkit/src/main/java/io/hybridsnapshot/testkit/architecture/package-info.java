/** The architecture as rules that a build can check, for this project's modules and for adapters that other teams write. */
package io.hybridsnapshot.testkit.architecture;
