/** End to end, every adapter's contract on real servers, architecture and faults. */
package io.hybridsnapshot.it;
