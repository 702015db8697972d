-- The previous snapshots of ORDERS_UNIFIED that the window still keeps: former versions of rows, a view that shows whole
-- snapshots, and the trigger that keeps them from the statements of other programs.
--
-- SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter GO), after the
-- scripts of the ledger and of the current table. Run it again at will. All times are UTC.
--
-- A reader of the view shares the lock of the current table until its transaction ends, and a publish waits for it: read
-- with autocommit, or commit after reading.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]', N'U') IS NULL
CREATE TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] (
    [record_uuid] UNIQUEIDENTIFIER NOT NULL,
    [row_hash] NVARCHAR(850) NOT NULL,
    [AAG ORDER NUMBER] NVARCHAR(MAX) NULL,
    [CUSTOMER NAME] NVARCHAR(MAX) NULL,
    [CUSTOMER STYLE] NVARCHAR(MAX) NULL,
    [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(MAX) NULL,
    [PO NUMBER] NVARCHAR(MAX) NULL,
    [CUSTOMER ALT PO] NVARCHAR(MAX) NULL,
    [ACTIVE] NVARCHAR(MAX) NULL,
    [snapshot_date] DATETIME2 NOT NULL,
    [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [batch_id] UNIQUEIDENTIFIER NULL,
    [records_count] INT NULL,
    [parquet_archive_id] BIGINT NULL,
    [first_number] BIGINT NOT NULL,
    [last_number] BIGINT NOT NULL
);
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'AAG ORDER NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [AAG ORDER NUMBER] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'CUSTOMER NAME')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [CUSTOMER NAME] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'CUSTOMER STYLE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [CUSTOMER STYLE] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'CUSTOMER COLOUR DESCRIPTION')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'PO NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [PO NUMBER] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'CUSTOMER ALT PO')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [CUSTOMER ALT PO] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'ACTIVE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ADD [ACTIVE] NVARCHAR(MAX) NULL;
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND name = N'IX_SNAPSHOT_VERSION_LAST')
CREATE CLUSTERED INDEX [IX_SNAPSHOT_VERSION_LAST] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] ([customer_filter], [last_number], [record_uuid]);
GO

-- Layout 1: whole previous snapshots. The name is that of a view from now on.
IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]', N'U') IS NOT NULL
EXEC sys.sp_rename @objname = N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]', @newname = N'ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1', @objtype = 'OBJECT';
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'AAG ORDER NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [AAG ORDER NUMBER] NVARCHAR(MAX) NULL;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'CUSTOMER NAME')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [CUSTOMER NAME] NVARCHAR(MAX) NULL;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'CUSTOMER STYLE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [CUSTOMER STYLE] NVARCHAR(MAX) NULL;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'CUSTOMER COLOUR DESCRIPTION')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [CUSTOMER COLOUR DESCRIPTION] NVARCHAR(MAX) NULL;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'PO NUMBER')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [PO NUMBER] NVARCHAR(MAX) NULL;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'CUSTOMER ALT PO')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [CUSTOMER ALT PO] NVARCHAR(MAX) NULL;
GO

IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND name = N'ACTIVE')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] ADD [ACTIVE] NVARCHAR(MAX) NULL;
GO

-- Locks the current table, shared, until the reader's transaction ends, before it reads former versions; a publish
-- locks the current table before it writes versions. So no statement sees a half-moved snapshot, with row versions or
-- without.
CREATE OR ALTER VIEW [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] AS
SELECT s.[record_uuid], s.[row_hash], s.[AAG ORDER NUMBER], s.[CUSTOMER NAME], s.[CUSTOMER STYLE], s.[CUSTOMER COLOUR DESCRIPTION], s.[PO NUMBER], s.[CUSTOMER ALT PO], s.[ACTIVE], s.[snapshot_date], s.[customer_filter], s.[batch_id], s.[records_count], s.[parquet_archive_id]
FROM (
    SELECT x.[record_uuid], x.[row_hash], x.[AAG ORDER NUMBER], x.[CUSTOMER NAME], x.[CUSTOMER STYLE], x.[CUSTOMER COLOUR DESCRIPTION], x.[PO NUMBER], x.[CUSTOMER ALT PO], x.[ACTIVE], p.[snapshot_date], x.[customer_filter], p.[batch_id], CONVERT(INT, p.[records_count]) AS [records_count], p.[parquet_archive_id],
        p.[records_count] AS [expected],
        COUNT_BIG(*) OVER (PARTITION BY x.[customer_filter], p.[batch_id], p.[snapshot_date]) AS [found]
    FROM (
        SELECT c.[record_uuid], CONVERT(NVARCHAR(850), c.[row_hash]) COLLATE DATABASE_DEFAULT AS [row_hash], CONVERT(NVARCHAR(MAX), c.[AAG ORDER NUMBER]) COLLATE DATABASE_DEFAULT AS [AAG ORDER NUMBER], CONVERT(NVARCHAR(MAX), c.[CUSTOMER NAME]) COLLATE DATABASE_DEFAULT AS [CUSTOMER NAME], CONVERT(NVARCHAR(MAX), c.[CUSTOMER STYLE]) COLLATE DATABASE_DEFAULT AS [CUSTOMER STYLE], CONVERT(NVARCHAR(MAX), c.[CUSTOMER COLOUR DESCRIPTION]) COLLATE DATABASE_DEFAULT AS [CUSTOMER COLOUR DESCRIPTION], CONVERT(NVARCHAR(MAX), c.[PO NUMBER]) COLLATE DATABASE_DEFAULT AS [PO NUMBER], CONVERT(NVARCHAR(MAX), c.[CUSTOMER ALT PO]) COLLATE DATABASE_DEFAULT AS [CUSTOMER ALT PO], CONVERT(NVARCHAR(MAX), c.[ACTIVE]) COLLATE DATABASE_DEFAULT AS [ACTIVE], c.[snapshot_date], c.[customer_filter], c.[batch_id], c.[records_count], c.[parquet_archive_id], c.[first_number],
            CONVERT(BIGINT, 9223372036854775807) AS [last_number]
        FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WITH (TABLOCK, REPEATABLEREAD)
        WHERE c.[first_number] IS NOT NULL
        UNION ALL
        SELECT v.[record_uuid], CONVERT(NVARCHAR(850), v.[row_hash]) COLLATE DATABASE_DEFAULT AS [row_hash], CONVERT(NVARCHAR(MAX), v.[AAG ORDER NUMBER]) COLLATE DATABASE_DEFAULT AS [AAG ORDER NUMBER], CONVERT(NVARCHAR(MAX), v.[CUSTOMER NAME]) COLLATE DATABASE_DEFAULT AS [CUSTOMER NAME], CONVERT(NVARCHAR(MAX), v.[CUSTOMER STYLE]) COLLATE DATABASE_DEFAULT AS [CUSTOMER STYLE], CONVERT(NVARCHAR(MAX), v.[CUSTOMER COLOUR DESCRIPTION]) COLLATE DATABASE_DEFAULT AS [CUSTOMER COLOUR DESCRIPTION], CONVERT(NVARCHAR(MAX), v.[PO NUMBER]) COLLATE DATABASE_DEFAULT AS [PO NUMBER], CONVERT(NVARCHAR(MAX), v.[CUSTOMER ALT PO]) COLLATE DATABASE_DEFAULT AS [CUSTOMER ALT PO], CONVERT(NVARCHAR(MAX), v.[ACTIVE]) COLLATE DATABASE_DEFAULT AS [ACTIVE], v.[snapshot_date], v.[customer_filter], v.[batch_id], v.[records_count], v.[parquet_archive_id], v.[first_number], v.[last_number]
        FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] AS v WITH (READCOMMITTEDLOCK)
    ) AS x
    INNER JOIN [dbo].[SNAPSHOT_LEDGER] AS p WITH (READCOMMITTEDLOCK)
        ON p.[customer_filter] = x.[customer_filter] AND x.[first_number] <= p.[number] AND x.[last_number] > p.[number]
    WHERE p.[dataset] = N'ORDERS_UNIFIED' AND p.[state] = 'PREVIOUS'
) AS s
WHERE s.[found] = s.[expected];
GO

-- The view has the name of the table that layout 1 wrote to.
CREATE OR ALTER TRIGGER [dbo].[TR_ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]
INSTEAD OF INSERT, UPDATE, DELETE
AS
BEGIN
    SET NOCOUNT ON;
    THROW 50005, N'the window has layout 2, and previous snapshots are not written whole; nothing was changed, use a release of the program that knows layout 2', 1;
END;
GO

-- Layout 1: each row of a previous snapshot becomes a version that this snapshot alone has. Rights on the table of
-- layout 1 become rights on the view, if the user may grant them. No user grants a right to himself.
IF OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]', N'U') IS NOT NULL
BEGIN
    DECLARE @rights NVARCHAR(MAX);
    SET @rights = (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), CONCAT(N'GRANT', N' SELECT ON [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY] TO ', QUOTENAME(g.name), N';')), CHAR(10))
        FROM sys.database_permissions AS r
        INNER JOIN sys.database_principals AS g ON g.principal_id = r.grantee_principal_id
        WHERE r.class = 1 AND r.major_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1]') AND r.minor_id = 0
          AND r.permission_name = N'SELECT' AND r.state IN ('G', 'W')
          AND r.grantee_principal_id <> DATABASE_PRINCIPAL_ID());
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    INSERT INTO [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] WITH (TABLOCK) ([record_uuid], [row_hash], [AAG ORDER NUMBER], [CUSTOMER NAME], [CUSTOMER STYLE], [CUSTOMER COLOUR DESCRIPTION], [PO NUMBER], [CUSTOMER ALT PO], [ACTIVE], [snapshot_date], [customer_filter], [batch_id], [records_count], [parquet_archive_id], [first_number], [last_number])
    SELECT h.[record_uuid], h.[row_hash], h.[AAG ORDER NUMBER], h.[CUSTOMER NAME], h.[CUSTOMER STYLE], h.[CUSTOMER COLOUR DESCRIPTION], h.[PO NUMBER], h.[CUSTOMER ALT PO], h.[ACTIVE], h.[snapshot_date], h.[customer_filter], h.[batch_id], h.[records_count], h.[parquet_archive_id], l.[number], l.[number] + 1
    FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1] AS h
    INNER JOIN [dbo].[SNAPSHOT_LEDGER] AS l ON l.[customer_filter] = h.[customer_filter] AND l.[batch_id] = h.[batch_id]
    WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[state] = 'PREVIOUS' AND l.[number] IS NOT NULL;
    DROP TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY_LAYOUT_1];
    IF HAS_PERMS_BY_NAME(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_HISTORY]', N'OBJECT', N'CONTROL') = 1
    BEGIN
        IF @rights IS NOT NULL EXEC sys.sp_executesql @rights;
    END
    ELSE
    BEGIN
        PRINT N'Warning: the rights to SELECT of the former table are not on the view, since this user may not grant them. Grant them as db_owner; those that this user sees:';
        WHILE LEN(@rights) > 0
        BEGIN
            PRINT SUBSTRING(@rights, 1, CHARINDEX(CHAR(10), @rights + CHAR(10)) - 1);
            SET @rights = SUBSTRING(@rights, CHARINDEX(CHAR(10), @rights + CHAR(10)) + 1, LEN(@rights));
        END;
    END;
    COMMIT TRANSACTION;
END;
GO

-- A previous snapshot shares unchanged rows with the current table. Where a foreign statement takes such a row away or
-- changes it, this trigger keeps the row among the former versions. A changed row loses its number, by which the next
-- save finds it. The program's own sessions are silent. The rights are those of the tables' owner.
CREATE OR ALTER TRIGGER [dbo].[TR_ORDERS_UNIFIED_SNAPSHOT_KEEP] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT]
AFTER UPDATE, DELETE
AS
BEGIN
    IF CONVERT(INT, SESSION_CONTEXT(N'hybrid-snapshots.window-writer')) = 1 OR TRIGGER_NESTLEVEL(@@PROCID) > 1
        RETURN;
    SET NOCOUNT ON;
    IF NOT EXISTS (SELECT 1 FROM deleted)
        RETURN;
    IF EXISTS (SELECT 1 FROM inserted) AND NOT (UPDATE([record_uuid]) OR UPDATE([row_hash]) OR UPDATE([customer_filter]) OR UPDATE([batch_id]) OR UPDATE([AAG ORDER NUMBER]) OR UPDATE([CUSTOMER NAME]) OR UPDATE([CUSTOMER STYLE]) OR UPDATE([CUSTOMER COLOUR DESCRIPTION]) OR UPDATE([PO NUMBER]) OR UPDATE([CUSTOMER ALT PO]) OR UPDATE([ACTIVE]))
        RETURN;
    DECLARE @edges TABLE (
        [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
        [here] BIGINT NOT NULL,
        [previous] BIGINT NOT NULL
    );
    DECLARE @changed TABLE (
        [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [record_uuid] UNIQUEIDENTIFIER NOT NULL,
        [is_new] INT NOT NULL,
        PRIMARY KEY ([customer_filter], [record_uuid])
    );
    INSERT INTO @edges ([customer_filter], [here], [previous])
    SELECT n.[customer_filter], CASE WHEN n.[here] > 0 THEN n.[here] ELSE n.[previous] + 1 END, n.[previous]
    FROM (
        SELECT l.[customer_filter], MAX(CASE WHEN l.[state] = 'CURRENT' THEN l.[number] ELSE 0 END) AS [here],
            MAX(CASE WHEN l.[state] = 'PREVIOUS' THEN l.[number] ELSE 0 END) AS [previous]
        FROM [dbo].[SNAPSHOT_LEDGER] AS l WITH (READCOMMITTEDLOCK)
        WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[state] IN ('CURRENT', 'PREVIOUS') AND l.[number] IS NOT NULL
        GROUP BY l.[customer_filter]
    ) AS n;
    INSERT INTO @changed ([customer_filter], [record_uuid], [is_new])
    SELECT i.[customer_filter], i.[record_uuid], CASE WHEN d.[record_uuid] IS NULL THEN 1 ELSE 0 END
    FROM inserted AS i
    LEFT JOIN deleted AS d ON i.[customer_filter] = d.[customer_filter] AND i.[record_uuid] = d.[record_uuid]
    WHERE d.[record_uuid] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[row_hash]) <> CONVERT(VARBINARY(MAX), i.[row_hash]) OR d.[row_hash] IS NULL AND i.[row_hash] IS NOT NULL OR d.[row_hash] IS NOT NULL AND i.[row_hash] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[batch_id]) <> CONVERT(VARBINARY(MAX), i.[batch_id]) OR d.[batch_id] IS NULL AND i.[batch_id] IS NOT NULL OR d.[batch_id] IS NOT NULL AND i.[batch_id] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[AAG ORDER NUMBER]) <> CONVERT(VARBINARY(MAX), i.[AAG ORDER NUMBER]) OR d.[AAG ORDER NUMBER] IS NULL AND i.[AAG ORDER NUMBER] IS NOT NULL OR d.[AAG ORDER NUMBER] IS NOT NULL AND i.[AAG ORDER NUMBER] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[CUSTOMER NAME]) <> CONVERT(VARBINARY(MAX), i.[CUSTOMER NAME]) OR d.[CUSTOMER NAME] IS NULL AND i.[CUSTOMER NAME] IS NOT NULL OR d.[CUSTOMER NAME] IS NOT NULL AND i.[CUSTOMER NAME] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[CUSTOMER STYLE]) <> CONVERT(VARBINARY(MAX), i.[CUSTOMER STYLE]) OR d.[CUSTOMER STYLE] IS NULL AND i.[CUSTOMER STYLE] IS NOT NULL OR d.[CUSTOMER STYLE] IS NOT NULL AND i.[CUSTOMER STYLE] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[CUSTOMER COLOUR DESCRIPTION]) <> CONVERT(VARBINARY(MAX), i.[CUSTOMER COLOUR DESCRIPTION]) OR d.[CUSTOMER COLOUR DESCRIPTION] IS NULL AND i.[CUSTOMER COLOUR DESCRIPTION] IS NOT NULL OR d.[CUSTOMER COLOUR DESCRIPTION] IS NOT NULL AND i.[CUSTOMER COLOUR DESCRIPTION] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[PO NUMBER]) <> CONVERT(VARBINARY(MAX), i.[PO NUMBER]) OR d.[PO NUMBER] IS NULL AND i.[PO NUMBER] IS NOT NULL OR d.[PO NUMBER] IS NOT NULL AND i.[PO NUMBER] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[CUSTOMER ALT PO]) <> CONVERT(VARBINARY(MAX), i.[CUSTOMER ALT PO]) OR d.[CUSTOMER ALT PO] IS NULL AND i.[CUSTOMER ALT PO] IS NOT NULL OR d.[CUSTOMER ALT PO] IS NOT NULL AND i.[CUSTOMER ALT PO] IS NULL
       OR CONVERT(VARBINARY(MAX), d.[ACTIVE]) <> CONVERT(VARBINARY(MAX), i.[ACTIVE]) OR d.[ACTIVE] IS NULL AND i.[ACTIVE] IS NOT NULL OR d.[ACTIVE] IS NOT NULL AND i.[ACTIVE] IS NULL
    OPTION (HASH JOIN, MERGE JOIN, RECOMPILE);
    INSERT INTO [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] WITH (TABLOCK) ([record_uuid], [row_hash], [AAG ORDER NUMBER], [CUSTOMER NAME], [CUSTOMER STYLE], [CUSTOMER COLOUR DESCRIPTION], [PO NUMBER], [CUSTOMER ALT PO], [ACTIVE], [snapshot_date], [customer_filter], [batch_id], [records_count], [parquet_archive_id], [first_number], [last_number])
    SELECT d.[record_uuid], d.[row_hash], CONVERT(NVARCHAR(MAX), d.[AAG ORDER NUMBER]), CONVERT(NVARCHAR(MAX), d.[CUSTOMER NAME]), CONVERT(NVARCHAR(MAX), d.[CUSTOMER STYLE]), CONVERT(NVARCHAR(MAX), d.[CUSTOMER COLOUR DESCRIPTION]), CONVERT(NVARCHAR(MAX), d.[PO NUMBER]), CONVERT(NVARCHAR(MAX), d.[CUSTOMER ALT PO]), CONVERT(NVARCHAR(MAX), d.[ACTIVE]), d.[snapshot_date], d.[customer_filter], d.[batch_id], d.[records_count], d.[parquet_archive_id], d.[first_number], e.[here]
    FROM deleted AS d
    INNER JOIN @edges AS e ON e.[customer_filter] = d.[customer_filter]
    LEFT JOIN inserted AS i ON i.[customer_filter] = d.[customer_filter] AND i.[record_uuid] = d.[record_uuid]
    LEFT JOIN @changed AS x ON x.[customer_filter] = d.[customer_filter] AND x.[record_uuid] = d.[record_uuid]
    WHERE d.[first_number] < e.[here] AND d.[first_number] <= e.[previous]
      AND (i.[record_uuid] IS NULL OR x.[record_uuid] IS NOT NULL)
    OPTION (HASH JOIN, MERGE JOIN, RECOMPILE);
    UPDATE c
    SET [first_number] = NULL, [batch_id] = CASE WHEN x.[is_new] = 1 THEN NULL ELSE c.[batch_id] END
    FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c
    INNER JOIN @changed AS x ON x.[customer_filter] = c.[customer_filter] AND x.[record_uuid] = c.[record_uuid]
    WHERE c.[first_number] IS NOT NULL OR x.[is_new] = 1 AND c.[batch_id] IS NOT NULL
    OPTION (RECOMPILE);
END;
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'Former versions of rows of ORDERS_UNIFIED that previous snapshots have'),
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
    (N'batch_id', N'Id of the snapshot whose stamps the row has'),
    (N'records_count', N'Rows in the snapshot'),
    (N'parquet_archive_id', N'snapshot_archive.archive_id in PostgreSQL; NULL where there is none yet'),
    (N'first_number', N'Number of the first snapshot with this version of the row'),
    (N'last_number', N'Number of the first snapshot without this version of the row');
DECLARE @part SYSNAME, @kind VARCHAR(128), @text NVARCHAR(3000);
DECLARE [parts] CURSOR LOCAL FAST_FORWARD FOR SELECT NULLIF([part], N''), [text] FROM @described;
OPEN [parts];
FETCH NEXT FROM [parts] INTO @part, @text;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @kind = CASE WHEN @part IS NULL THEN NULL ELSE 'COLUMN' END;
    IF EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND major_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]')
                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c
                                        WHERE c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION]') AND c.name = @part), 0))
        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_VERSION', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_VERSION', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'Previous snapshots of every partition of ORDERS_UNIFIED that the window still keeps, whole; one that lacks rows is not shown'),
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
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'VIEW', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_HISTORY', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'VIEW', @level1name = N'ORDERS_UNIFIED_SNAPSHOT_HISTORY', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO
