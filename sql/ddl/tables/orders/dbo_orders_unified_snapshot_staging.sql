-- Rows and changes of snapshots of ORDERS_UNIFIED that are being loaded; only the program reads it.
--
-- SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter GO). Run it again
-- at will.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]', N'U') IS NULL
CREATE TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] (
    [batch_id] BINARY(16) NOT NULL,
    [record_uuid] BINARY(16) NOT NULL,
    [row_hash] CHAR(64) COLLATE Latin1_General_100_BIN2 NULL,
    [former_hash] CHAR(64) COLLATE Latin1_General_100_BIN2 NULL,
    [AAG ORDER NUMBER] NVARCHAR(255) NULL,
    [CUSTOMER NAME] NVARCHAR(255) NULL,
    [CUSTOMER STYLE] NVARCHAR(255) NULL,
    [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(255) NULL,
    [PO NUMBER] NVARCHAR(255) NULL,
    [CUSTOMER ALT PO] NVARCHAR(255) NULL,
    [ACTIVE] NVARCHAR(10) NULL,
    [row_order] BIGINT IDENTITY(1, 1) NOT NULL
);
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'AAG ORDER NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [AAG ORDER NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'CUSTOMER NAME')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [CUSTOMER NAME] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'CUSTOMER STYLE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [CUSTOMER STYLE] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'CUSTOMER COLOUR DESCRIPTION')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'PO NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [PO NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'CUSTOMER ALT PO')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [CUSTOMER ALT PO] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'ACTIVE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [ACTIVE] NVARCHAR(10) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'former_hash')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [former_hash] CHAR(64) COLLATE Latin1_General_100_BIN2 NULL;
GO

IF COL_LENGTH(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]', N'row_order') IS NULL
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ADD [row_order] BIGINT IDENTITY(1, 1) NOT NULL;
GO

IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'row_hash' AND is_nullable = 0)
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ALTER COLUMN [row_hash] CHAR(64) COLLATE Latin1_General_100_BIN2 NULL;
GO

IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'AAG ORDER NUMBER' AND is_nullable = 0)
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ALTER COLUMN [AAG ORDER NUMBER] NVARCHAR(255) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND name = N'IX_SNAPSHOT_STAGING_BATCH')
CREATE UNIQUE CLUSTERED INDEX [IX_SNAPSHOT_STAGING_BATCH] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ([batch_id], [row_order]);
GO

-- Layout 1: an index on the batch alone.
IF 1 = (SELECT COUNT(*)
        FROM sys.indexes AS i
        INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
        WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND i.name = N'IX_SNAPSHOT_STAGING_BATCH' AND k.key_ordinal > 0)
CREATE UNIQUE CLUSTERED INDEX [IX_SNAPSHOT_STAGING_BATCH] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING] ([batch_id], [row_order]) WITH (DROP_EXISTING = ON);
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'Rows and changes of snapshots of ORDERS_UNIFIED that are being loaded; only the program reads it'),
    (N'batch_id', N'Id of the snapshot that is being loaded, as a UNIQUEIDENTIFIER converts to BINARY'),
    (N'record_uuid', N'Stable identity of the row, as a UNIQUEIDENTIFIER converts to BINARY'),
    (N'row_hash', N'SHA-256 of the row, 64 lower-case hex digits; NULL for a row that goes'),
    (N'former_hash', N'Hash of the row in the base of the changes; NULL for a NEW row, and where all rows are staged'),
    (N'row_order', N'Order in which rows were staged; they are removed by ranges of it'),
    (N'AAG ORDER NUMBER', N'Business key'),
    (N'CUSTOMER NAME', N'Carried from the source as text'),
    (N'CUSTOMER STYLE', N'Carried from the source as text'),
    (N'CUSTOMER COLOUR DESCRIPTION', N'Carried from the source as text'),
    (N'PO NUMBER', N'Carried from the source as text'),
    (N'CUSTOMER ALT PO', N'Carried from the source as text'),
    (N'ACTIVE', N'Carried from the source as text');
DECLARE @part SYSNAME, @kind VARCHAR(128), @text NVARCHAR(3000);
DECLARE [parts] CURSOR LOCAL FAST_FORWARD FOR SELECT NULLIF([part], N''), [text] FROM @described;
OPEN [parts];
FETCH NEXT FROM [parts] INTO @part, @text;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @kind = CASE WHEN @part IS NULL THEN NULL ELSE 'COLUMN' END;
    IF EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND major_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]')
                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c
                                        WHERE c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_STAGING]') AND c.name = @part), 0))
        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_STAGING', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_STAGING', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO
