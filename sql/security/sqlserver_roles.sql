-- The rights that work with the window of ORDERS_UNIFIED needs, and no more, as three database roles. Make users members of them:
--
--     ALTER ROLE [snapshot_writer] ADD MEMBER [etl];
--
-- snapshot_writer       saves, recovers and detects
-- snapshot_reader       detects, lists, compares; what the existing Python readers need
-- snapshot_maintenance  removes previous snapshots and links archives, by the program or by the procedures
--
-- None of them may make or alter tables: run the scripts of sql/ddl once, as a member of db_ddladmin, db_datareader and
-- db_datawriter (or any command of the program, as db_owner). Run them again after an upgrade as db_owner, which may grant the
-- rights of a former table to the view of its name; then run this script again. Bulk copy into the staging table needs INSERT alone, since the table has neither constraints nor triggers. Application
-- locks, temporary tables and the session's context need no right of their own. The triggers need no right either: the tables' owner is theirs. For another dataset, grant the same on its tables and its view.
-- SQL Server 2017 or later, Azure SQL. Run this script again at will.
SET LOCK_TIMEOUT 30000;
GO

IF DATABASE_PRINCIPAL_ID(N'snapshot_writer') IS NULL CREATE ROLE [snapshot_writer];
GO
IF DATABASE_PRINCIPAL_ID(N'snapshot_reader') IS NULL CREATE ROLE [snapshot_reader];
GO
IF DATABASE_PRINCIPAL_ID(N'snapshot_maintenance') IS NULL CREATE ROLE [snapshot_maintenance];
GO

GRANT SELECT, INSERT, UPDATE, DELETE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] TO [snapshot_writer];
GRANT SELECT, INSERT, DELETE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] TO [snapshot_writer];
GRANT UPDATE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ([parquet_archive_id]) TO [snapshot_writer];
GRANT SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] TO [snapshot_writer];
GRANT SELECT, INSERT, DELETE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] TO [snapshot_writer];
GRANT SELECT, INSERT, UPDATE, DELETE ON [dbo].[SNAPSHOT_LEDGER] TO [snapshot_writer];
GRANT SELECT, INSERT, UPDATE ON [dbo].[SNAPSHOT_WRITER] TO [snapshot_writer];
GO

GRANT SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] TO [snapshot_reader];
GRANT SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] TO [snapshot_reader];
GRANT SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] TO [snapshot_reader];
GRANT SELECT ON [dbo].[SNAPSHOT_LEDGER] TO [snapshot_reader];
GRANT SELECT ON [dbo].[SNAPSHOT_WRITER] TO [snapshot_reader];
GRANT EXECUTE ON [dbo].[sp_snapshot_statistics] TO [snapshot_reader];
GO

GRANT SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] TO [snapshot_maintenance];
GRANT UPDATE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([parquet_archive_id]) TO [snapshot_maintenance];
GRANT SELECT, DELETE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] TO [snapshot_maintenance];
GRANT UPDATE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ([parquet_archive_id]) TO [snapshot_maintenance];
GRANT SELECT, DELETE ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] TO [snapshot_maintenance];
GRANT SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] TO [snapshot_maintenance];
GRANT SELECT, UPDATE, DELETE ON [dbo].[SNAPSHOT_LEDGER] TO [snapshot_maintenance];
GRANT SELECT ON [dbo].[SNAPSHOT_WRITER] TO [snapshot_maintenance];
GRANT EXECUTE ON [dbo].[sp_cleanup_snapshot_history] TO [snapshot_maintenance];
GRANT EXECUTE ON [dbo].[sp_snapshot_statistics] TO [snapshot_maintenance];
GO
