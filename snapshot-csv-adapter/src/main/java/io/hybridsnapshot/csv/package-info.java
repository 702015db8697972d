/** Rows from and to delimited text. */
package io.hybridsnapshot.csv;
