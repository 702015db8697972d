/** The window store and row source on SQL Server. */
package io.hybridsnapshot.sqlserver;
