-- The previous snapshots of ORDERS_UNIFIED that the window still keeps: the keep count less one of each partition.
--
-- SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter GO). Run it again
-- at will. All times are UTC.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]', N'U') IS NULL
CREATE TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] (
    [record_uuid] UNIQUEIDENTIFIER NOT NULL,
    [row_hash] NVARCHAR(64) NOT NULL,
    [AAG ORDER NUMBER] NVARCHAR(255) NOT NULL,
    [CUSTOMER NAME] NVARCHAR(255) NULL,
    [CUSTOMER STYLE] NVARCHAR(255) NULL,
    [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(255) NULL,
    [PO NUMBER] NVARCHAR(255) NULL,
    [CUSTOMER ALT PO] NVARCHAR(255) NULL,
    [ACTIVE] NVARCHAR(10) NULL,
    [snapshot_date] DATETIME2 NOT NULL,
    [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [batch_id] UNIQUEIDENTIFIER NOT NULL,
    [records_count] INT NULL,
    [parquet_archive_id] BIGINT NULL,
    CONSTRAINT [PK_ORDERS_UNIFIED_SNAPSHOT_HISTORY] PRIMARY KEY CLUSTERED ([customer_filter], [batch_id], [record_uuid])
);
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'AAG ORDER NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [AAG ORDER NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'CUSTOMER NAME')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [CUSTOMER NAME] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'CUSTOMER STYLE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [CUSTOMER STYLE] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'CUSTOMER COLOUR DESCRIPTION')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'PO NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [PO NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'CUSTOMER ALT PO')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [CUSTOMER ALT PO] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND name = N'ACTIVE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] ADD [ACTIVE] NVARCHAR(10) NULL;
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'Previous snapshots of every partition of ORDERS_UNIFIED that the window still keeps: rows whose batch is PREVIOUS in SNAPSHOT_LEDGER; others are being removed'),
    (N'record_uuid', N'Stable identity of the row'),
    (N'row_hash', N'SHA-256 of the row, 64 lower-case hex digits'),
    (N'AAG ORDER NUMBER', N'Business key'),
    (N'CUSTOMER NAME', N'Carried from the source as text'),
    (N'CUSTOMER STYLE', N'Carried from the source as text'),
    (N'CUSTOMER COLOUR DESCRIPTION', N'Carried from the source as text'),
    (N'PO NUMBER', N'Carried from the source as text'),
    (N'CUSTOMER ALT PO', N'Carried from the source as text'),
    (N'ACTIVE', N'Carried from the source as text'),
    (N'snapshot_date', N'Date of the snapshot, UTC'),
    (N'customer_filter', N'Partition; ALL is the whole table'),
    (N'batch_id', N'Id of the snapshot; given when it was retired where a foreign writer made it'),
    (N'records_count', N'Rows in the snapshot'),
    (N'parquet_archive_id', N'snapshot_archive.archive_id in PostgreSQL; NULL where there is none yet');
DECLARE @part SYSNAME, @kind VARCHAR(128), @text NVARCHAR(3000);
DECLARE [parts] CURSOR LOCAL FAST_FORWARD FOR SELECT NULLIF([part], N''), [text] FROM @described;
OPEN [parts];
FETCH NEXT FROM [parts] INTO @part, @text;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @kind = CASE WHEN @part IS NULL THEN NULL ELSE 'COLUMN' END;
    IF EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND major_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]')
                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c
                                        WHERE c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]') AND c.name = @part), 0))
        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_HISTORY', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_HISTORY', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO
