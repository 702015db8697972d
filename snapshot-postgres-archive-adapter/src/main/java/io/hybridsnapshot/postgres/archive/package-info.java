/** The archive store on PostgreSQL. */
package io.hybridsnapshot.postgres.archive;
