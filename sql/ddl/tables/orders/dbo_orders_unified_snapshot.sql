-- The current snapshot of every partition of ORDERS_UNIFIED: what readers query. A record stands here once per
-- partition.
--
-- SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter GO). Run it again
-- at will: it makes what is missing, rekeys a table of the founding shape, and leaves rows alone. All times are UTC.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
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
    [first_number] BIGINT NULL,
    CONSTRAINT [PK_ORDERS_UNIFIED_SNAPSHOT] PRIMARY KEY CLUSTERED ([customer_filter], [record_uuid])
);
GO

-- A table that another program made: without a key or keyed on record_uuid alone, with nullable columns, or with the
-- partition in the database's collation. From then on customer_filter compares case and accents, also for others.
DECLARE @required TABLE ([name] SYSNAME NOT NULL, [characters] INT NULL, [type] NVARCHAR(20) NOT NULL);
INSERT INTO @required ([name], [characters], [type]) VALUES
        (N'record_uuid', NULL, N'UNIQUEIDENTIFIER'),
        (N'row_hash', 64, N'NVARCHAR'),
        (N'snapshot_date', NULL, N'DATETIME2'),
        (N'customer_filter', 255, N'NVARCHAR'),
        (N'AAG ORDER NUMBER', 255, N'NVARCHAR');
DECLARE @altered TABLE ([column_id] INT NOT NULL, [name] SYSNAME NOT NULL, [type] NVARCHAR(200) NOT NULL);
INSERT INTO @altered ([column_id], [name], [type])
SELECT c.column_id, c.name, w.[type] + CASE
    WHEN w.[characters] IS NULL THEN N''
    WHEN c.name = N'customer_filter' THEN N'(255) COLLATE Latin1_General_100_BIN2'
    ELSE CONCAT(N'(', CASE WHEN x.[length] BETWEEN w.[characters] AND 850 THEN x.[length] ELSE w.[characters] END, N')',
        N' COLLATE ' + c.collation_name) END
FROM sys.columns AS c
INNER JOIN @required AS w ON w.[name] = c.name
CROSS APPLY (SELECT CASE WHEN c.system_type_id IN (231, 239) THEN c.max_length / 2 ELSE c.max_length END AS [length]) AS x
WHERE c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]')
  AND (c.is_nullable = 1
       OR c.name = N'record_uuid' AND c.system_type_id <> 36
       OR c.name = N'customer_filter' AND c.collation_name <> N'Latin1_General_100_BIN2'
       OR w.[characters] IS NOT NULL AND c.max_length = -1);
IF EXISTS (SELECT 1 FROM @altered)
   OR 2 <> (SELECT COUNT(*)
            FROM sys.indexes AS i
            INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
            WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND i.is_primary_key = 1 AND k.key_ordinal > 0)
BEGIN
    DECLARE @problem NVARCHAR(2000), @script NVARCHAR(MAX);
    SET @problem = (
        SELECT STRING_AGG(CONCAT(f.[rows_there], f.[fault]), N', ')
        FROM (
            SELECT COUNT_BIG(*) AS [rows_there], N' rows without record_uuid' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [record_uuid] IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows without row_hash' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [row_hash] IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows without snapshot_date' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [snapshot_date] IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows without customer_filter' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [customer_filter] IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows with a record_uuid that is no UNIQUEIDENTIFIER' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [record_uuid] IS NOT NULL AND TRY_CONVERT(UNIQUEIDENTIFIER, [record_uuid]) IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows with a snapshot_date that is no DATETIME2' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [snapshot_date] IS NOT NULL AND TRY_CONVERT(DATETIME2, [snapshot_date]) IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows with a row_hash of more than 64 characters' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE LEN([row_hash]) > 64 AND COLUMNPROPERTY(OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]'), N'row_hash', 'PRECISION') NOT BETWEEN 64 AND 850
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows with a customer_filter of more than 255 characters' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE LEN([customer_filter]) > 255 AND COLUMNPROPERTY(OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]'), N'customer_filter', 'PRECISION') NOT BETWEEN 255 AND 850
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows without AAG ORDER NUMBER' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [AAG ORDER NUMBER] IS NULL
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows with a AAG ORDER NUMBER of more than 255 characters' AS [fault] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE LEN([AAG ORDER NUMBER]) > 255 AND COLUMNPROPERTY(OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]'), N'AAG ORDER NUMBER', 'PRECISION') NOT BETWEEN 255 AND 850
            UNION ALL
            SELECT COUNT_BIG(*) AS [rows_there], N' rows too many for one record_uuid in one partition' AS [fault] FROM (SELECT ROW_NUMBER() OVER (PARTITION BY r.[partition], r.[id] ORDER BY r.[id]) AS [position] FROM (SELECT [customer_filter] COLLATE Latin1_General_100_BIN2 AS [partition], TRY_CONVERT(UNIQUEIDENTIFIER, [record_uuid]) AS [id] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] WHERE [record_uuid] IS NOT NULL) AS r) AS r WHERE r.[position] > 1) AS f
        WHERE f.[rows_there] > 0);
    IF @problem IS NOT NULL
    BEGIN
        SET @problem = CONCAT(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT] cannot be taken over as it is: ', @problem,
            N'. Nothing was changed; mend or remove these rows, then run this again');
        THROW 50003, @problem, 1;
    END;
    SET @problem = (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(d.[name])), N', ')
        FROM (
            SELECT f.name AS [name]
            FROM sys.foreign_keys AS f
            WHERE f.referenced_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]')
            UNION
            SELECT f.name
            FROM sys.foreign_keys AS f
            INNER JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
            INNER JOIN @altered AS a ON a.[column_id] = k.parent_column_id
            WHERE f.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]')
            UNION
            SELECT i.name
            FROM sys.indexes AS i
            WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND i.type > 2
            UNION
            SELECT COALESCE(c.name, o.name)
            FROM sys.sql_expression_dependencies AS e
            INNER JOIN @altered AS a ON a.[column_id] = e.referenced_minor_id
            INNER JOIN sys.objects AS o ON o.object_id = e.referencing_id
            LEFT JOIN sys.computed_columns AS c ON c.object_id = e.referencing_id AND c.column_id = e.referencing_minor_id
            WHERE e.referenced_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND e.is_schema_bound_reference = 1
              AND (c.name IS NOT NULL OR o.type IN ('V', 'FN', 'IF', 'TF'))) AS d);
    IF @problem IS NOT NULL
    BEGIN
        SET @problem = CONCAT(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT] cannot be taken over as it is: its columns are used by ', @problem,
            N'. Nothing was changed; drop these, run this again, and make them again');
        THROW 50004, @problem, 1;
    END;
    IF EXISTS (SELECT 1
               FROM @altered AS a
               INNER JOIN sys.columns AS c ON c.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND c.column_id = a.[column_id]
               WHERE a.[name] = N'customer_filter'
                 AND c.collation_name NOT LIKE N'%[_]BIN' AND c.collation_name NOT LIKE N'%[_]BIN2' AND c.collation_name NOT LIKE N'%[_]CS[_]AS%')
        PRINT N'Warning: customer_filter of [dbo].[ORDERS_UNIFIED_SNAPSHOT] compares case and accents from now on. A DELETE of another program that spells a partition otherwise finds no row, and its INSERT doubles the rows.';
    DECLARE @indexes TABLE ([name] SYSNAME NOT NULL, [is_constraint] BIT NOT NULL, [is_unique] BIT NOT NULL, [type] INT NOT NULL,
        [keys] NVARCHAR(MAX) NOT NULL, [included] NVARCHAR(MAX) NULL, [filter] NVARCHAR(MAX) NULL);
    INSERT INTO @indexes ([name], [is_constraint], [is_unique], [type], [keys], [included], [filter])
    SELECT i.name, i.is_unique_constraint, i.is_unique, i.type, x.[keys], y.[included], i.filter_definition
    FROM sys.indexes AS i
    CROSS APPLY (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(c.name) + CASE WHEN k.is_descending_key = 1 THEN N' DESC' ELSE N'' END), N', ')
            WITHIN GROUP (ORDER BY k.key_ordinal) AS [keys]
        FROM sys.index_columns AS k
        INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0) AS x
    CROSS APPLY (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(c.name)), N', ') AS [included]
        FROM sys.index_columns AS k
        INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 1) AS y
    WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND i.is_primary_key = 0 AND i.type IN (1, 2) AND i.is_hypothetical = 0;
    IF EXISTS (SELECT 1 FROM @indexes WHERE [is_unique] = 1 AND [keys] = N'[record_uuid]')
        PRINT N'Warning: what made record_uuid of [dbo].[ORDERS_UNIFIED_SNAPSHOT] unique is not made again, since a record may stand in two partitions.';
    DECLARE @statistics TABLE ([name] SYSNAME NOT NULL, [columns] NVARCHAR(MAX) NOT NULL, [filter] NVARCHAR(MAX) NULL);
    INSERT INTO @statistics ([name], [columns], [filter])
    SELECT s.name, x.[columns], s.filter_definition
    FROM sys.stats AS s
    CROSS APPLY (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), QUOTENAME(c.name)), N', ') WITHIN GROUP (ORDER BY k.stats_column_id) AS [columns]
        FROM sys.stats_columns AS k
        INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE k.object_id = s.object_id AND k.stats_id = s.stats_id) AS x
    WHERE s.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND s.user_created = 1;
    DECLARE @steps TABLE ([step] INT NOT NULL, [statement] NVARCHAR(MAX) NOT NULL);
    INSERT INTO @steps ([step], [statement])
    SELECT CASE WHEN i.[type] = 2 THEN 1 ELSE 2 END, CASE WHEN i.[is_constraint] = 1
        THEN N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] DROP CONSTRAINT ' + QUOTENAME(i.[name]) + N';'
        ELSE N'DROP INDEX ' + QUOTENAME(i.[name]) + N' ON [dbo].[ORDERS_UNIFIED_SNAPSHOT];' END
    FROM @indexes AS i;
    INSERT INTO @steps ([step], [statement])
    SELECT 1, N'DROP STATISTICS [dbo].[ORDERS_UNIFIED_SNAPSHOT].' + QUOTENAME(s.[name]) + N';'
    FROM @statistics AS s;
    INSERT INTO @steps ([step], [statement])
    SELECT 2, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] DROP CONSTRAINT ' + QUOTENAME(p.name) + N';'
    FROM sys.key_constraints AS p
    WHERE p.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND p.type = 'PK';
    INSERT INTO @steps ([step], [statement])
    SELECT 2, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] DROP CONSTRAINT ' + QUOTENAME(d.name) + N';'
    FROM sys.default_constraints AS d
    INNER JOIN @altered AS a ON a.[column_id] = d.parent_column_id
    WHERE d.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]');
    INSERT INTO @steps ([step], [statement])
    SELECT 2, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] DROP CONSTRAINT ' + QUOTENAME(k.name) + N';'
    FROM sys.check_constraints AS k
    WHERE k.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]');
    INSERT INTO @steps ([step], [statement])
    SELECT 3, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ALTER COLUMN ' + QUOTENAME(a.[name]) + N' ' + a.[type] + N' NOT NULL;'
    FROM @altered AS a;
    INSERT INTO @steps ([step], [statement]) VALUES
        (4, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD CONSTRAINT [PK_ORDERS_UNIFIED_SNAPSHOT] PRIMARY KEY CLUSTERED ([customer_filter], [record_uuid]);');
    INSERT INTO @steps ([step], [statement])
    SELECT 5, CASE WHEN i.[is_constraint] = 1
        THEN N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD CONSTRAINT ' + QUOTENAME(i.[name]) + N' UNIQUE NONCLUSTERED (' + i.[keys] + N');'
        ELSE N'CREATE ' + CASE WHEN i.[is_unique] = 1 THEN N'UNIQUE ' ELSE N'' END + N'INDEX ' + QUOTENAME(i.[name])
            + N' ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] (' + i.[keys] + N')' + ISNULL(N' INCLUDE (' + i.[included] + N')', N'')
            + ISNULL(N' WHERE ' + i.[filter], N'') + N';' END
    FROM @indexes AS i
    WHERE NOT (i.[is_unique] = 1 AND i.[keys] = N'[record_uuid]');
    INSERT INTO @steps ([step], [statement])
    SELECT 5, N'CREATE STATISTICS ' + QUOTENAME(s.[name]) + N' ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] (' + s.[columns] + N')'
        + ISNULL(N' WHERE ' + s.[filter], N'') + N';'
    FROM @statistics AS s;
    INSERT INTO @steps ([step], [statement])
    SELECT 5, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD CONSTRAINT ' + QUOTENAME(d.name) + N' DEFAULT ' + d.definition + N' FOR ' + QUOTENAME(a.[name]) + N';'
    FROM sys.default_constraints AS d
    INNER JOIN @altered AS a ON a.[column_id] = d.parent_column_id
    WHERE d.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]');
    INSERT INTO @steps ([step], [statement])
    SELECT 5, N'ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] WITH ' + CASE WHEN k.is_not_trusted = 1 THEN N'NOCHECK' ELSE N'CHECK' END
        + N' ADD CONSTRAINT ' + QUOTENAME(k.name) + N' CHECK ' + k.definition + N';'
        + CASE WHEN k.is_disabled = 1 THEN N' ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] NOCHECK CONSTRAINT ' + QUOTENAME(k.name) + N';' ELSE N'' END
    FROM sys.check_constraints AS k
    WHERE k.parent_object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]');
    SET @script = (SELECT STRING_AGG(s.[statement], N' ') WITHIN GROUP (ORDER BY s.[step]) FROM @steps AS s);
    SET XACT_ABORT ON;
    BEGIN TRANSACTION;
    EXEC sys.sp_executesql @script;
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

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'first_number')
ALTER TABLE [dbo].[ORDERS_UNIFIED_SNAPSHOT] ADD [first_number] BIGINT NULL;
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
CREATE INDEX [IX_SNAPSHOT_CUSTOMER_DATE] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([customer_filter], [snapshot_date]) INCLUDE ([batch_id]);
GO

IF NOT EXISTS (SELECT 1
               FROM sys.indexes AS i
               INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
               INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
               WHERE i.object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND i.name = N'IX_SNAPSHOT_CUSTOMER_DATE' AND c.name = N'batch_id')
CREATE INDEX [IX_SNAPSHOT_CUSTOMER_DATE] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([customer_filter], [snapshot_date]) INCLUDE ([batch_id]) WITH (DROP_EXISTING = ON);
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[ORDERS_UNIFIED_SNAPSHOT]') AND name = N'IX_SNAPSHOT_STATE')
CREATE INDEX [IX_SNAPSHOT_STATE] ON [dbo].[ORDERS_UNIFIED_SNAPSHOT] ([customer_filter], [record_uuid]) INCLUDE ([row_hash], [first_number]);
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
    (N'parquet_archive_id', N'snapshot_archive.archive_id in PostgreSQL; NULL where there is none yet'),
    (N'first_number', N'Number of the first snapshot with this version of the row; NULL where a foreign writer made or changed it');
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
