-- The current snapshot of every partition of ORDERS_UNIFIED: what readers query. A record stands here once per
-- partition.
--
-- SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter GO). Run it again
-- at will: it makes what is missing, rekeys a table of the founding shape, and leaves rows alone. All times are UTC.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]', N'U') IS NULL
CREATE TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] (
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
    [batch_id] UNIQUEIDENTIFIER NULL,
    [records_count] INT NULL,
    [parquet_archive_id] BIGINT NULL,
    CONSTRAINT [PK_ORDERS_UNIFIED_SNAPSHOT] PRIMARY KEY CLUSTERED ([customer_filter], [record_uuid])
);
GO

-- A table of the founding shape: keyed on record_uuid alone, the partition in the database's collation.
IF 2 <> (SELECT COUNT(*)
         FROM sys.indexes AS i
         INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
         WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND i.is_primary_key = 1 AND k.key_ordinal > 0)
   OR EXISTS (SELECT 1 FROM sys.columns AS c
              WHERE c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND c.name = N'customer_filter'
                AND UPPER(c.collation_name) NOT LIKE N'%BIN2')
BEGIN
    SET XACT_ABORT ON;
    DECLARE @rekey NVARCHAR(MAX) = (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), x.[statement]), N' ') WITHIN GROUP (ORDER BY x.[step])
        FROM (
            SELECT 1 AS [step], N'DROP INDEX ' + QUOTENAME(i.name) + N' ON [dbo].[ORDERS_UNIFIED_SNAPSHOT];' AS [statement]
            FROM sys.indexes AS i
            WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND i.is_primary_key = 0 AND i.is_unique_constraint = 0 AND EXISTS (
                SELECT 1 FROM sys.index_columns AS k
                INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
                WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND c.name = N'customer_filter')
            UNION ALL
            SELECT 2, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] DROP CONSTRAINT ' + QUOTENAME(p.name) + N';'
            FROM sys.key_constraints AS p
            WHERE p.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND p.type = 'PK'
            UNION ALL
            SELECT 3, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] DROP CONSTRAINT ' + QUOTENAME(d.name) + N';'
            FROM sys.default_constraints AS d
            INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id
            WHERE d.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND c.name = N'customer_filter'
            UNION ALL
            SELECT 4, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ALTER COLUMN [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL;'
            UNION ALL
            SELECT 5, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD CONSTRAINT [PK_ORDERS_UNIFIED_SNAPSHOT] PRIMARY KEY CLUSTERED ([customer_filter], [record_uuid]);') AS x);
    BEGIN TRANSACTION;
    EXEC sys.sp_executesql @rekey;
    COMMIT TRANSACTION;
END;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'AAG ORDER NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [AAG ORDER NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'CUSTOMER NAME')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [CUSTOMER NAME] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'CUSTOMER STYLE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [CUSTOMER STYLE] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'CUSTOMER COLOUR DESCRIPTION')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'PO NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [PO NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'CUSTOMER ALT PO')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [CUSTOMER ALT PO] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'ACTIVE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [ACTIVE] NVARCHAR(10) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'batch_id')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [batch_id] UNIQUEIDENTIFIER NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'records_count')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [records_count] INT NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'parquet_archive_id')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [parquet_archive_id] BIGINT NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.default_constraints AS d
               INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id
               WHERE d.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND c.name = N'snapshot_date')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD DEFAULT SYSUTCDATETIME() FOR [snapshot_date];
GO

IF NOT EXISTS (SELECT 1 FROM sys.default_constraints AS d
               INNER JOIN sys.columns AS c ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id
               WHERE d.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND c.name = N'customer_filter')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD DEFAULT N'ALL' FOR [customer_filter];
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'IX_SNAPSHOT_HASH_LOOKUP')
CREATE INDEX [IX_SNAPSHOT_HASH_LOOKUP] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([row_hash]) INCLUDE ([AAG ORDER NUMBER]);
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'IX_SNAPSHOT_CUSTOMER_DATE')
CREATE INDEX [IX_SNAPSHOT_CUSTOMER_DATE] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([customer_filter], [snapshot_date]);
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'IX_SNAPSHOT_AAG_ORDER')
CREATE INDEX [IX_SNAPSHOT_AAG_ORDER] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([AAG ORDER NUMBER]) INCLUDE ([row_hash]);
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'IX_SNAPSHOT_RECORD_UUID')
CREATE INDEX [IX_SNAPSHOT_RECORD_UUID] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([record_uuid]);
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'Current snapshot of every partition of ORDERS_UNIFIED: a record once per partition'),
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
    (N'batch_id', N'Id of the snapshot; NULL where a foreign writer made it'),
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
               WHERE class = 1 AND name = N'MS_Description' AND major_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]')
                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c
                                        WHERE c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND c.name = @part), 0))
        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO
