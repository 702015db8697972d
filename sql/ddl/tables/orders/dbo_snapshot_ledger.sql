-- The window's ledger and its writers, for all datasets.
--
-- The window has layout 2: a publish writes the rows that changed, and the stamps of the others. Each publish has a
-- number that rises per partition. A row has the number of the first snapshot with its version. A former version also
-- has the number of the first snapshot without it. The script brings a ledger of layout 1 to layout 2. The scripts of
-- the datasets' tables do the same for these.
--
-- SQL Server 2017 or later, Azure SQL. Runs with sqlcmd as it is and through Liquibase (endDelimiter GO). Run it again at will.
-- All times are UTC. Names of datasets and partitions are compared as they are: case and accents count.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
GO

IF OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]', N'U') IS NULL
CREATE TABLE [dbo].[SNAPSHOT_LEDGER] (
    [dataset] NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [batch_id] UNIQUEIDENTIFIER NOT NULL,
    [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [snapshot_date] DATETIME2 NOT NULL,
    [records_count] BIGINT NOT NULL,
    [state] VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [hash_spec_id] NVARCHAR(100) NULL,
    [fingerprint] CHAR(64) NULL,
    [parquet_archive_id] BIGINT NULL,
    [column_names] NVARCHAR(MAX) NULL,
    [column_types] NVARCHAR(MAX) NULL,
    [carried_columns] NVARCHAR(MAX) NULL,
    [started_at] DATETIME2 NULL,
    [sealed_at] DATETIME2 NULL,
    [published_at] DATETIME2 NULL,
    CONSTRAINT [PK_SNAPSHOT_LEDGER] PRIMARY KEY CLUSTERED ([dataset], [customer_filter], [batch_id])
);
GO

IF NOT EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'attempt')
ALTER TABLE [dbo].[SNAPSHOT_LEDGER] ADD [attempt] INT NOT NULL DEFAULT 1;
GO

-- Ledgers from before snapshots that are gone stayed in them allow four states.
IF EXISTS (SELECT 1 FROM sys.check_constraints
           WHERE parent_object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'CK_SNAPSHOT_LEDGER_STATE'
             AND [definition] NOT LIKE N'%UNDONE%')
ALTER TABLE [dbo].[SNAPSHOT_LEDGER] DROP CONSTRAINT [CK_SNAPSHOT_LEDGER_STATE];
GO

IF NOT EXISTS (SELECT 1 FROM sys.check_constraints
               WHERE parent_object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'CK_SNAPSHOT_LEDGER_STATE')
ALTER TABLE [dbo].[SNAPSHOT_LEDGER] ADD CONSTRAINT [CK_SNAPSHOT_LEDGER_STATE]
    CHECK ([state] IN ('STAGING', 'STAGED', 'CURRENT', 'PREVIOUS', 'UNDONE', 'REMOVED'));
GO

IF COL_LENGTH(N'[dbo].[SNAPSHOT_LEDGER]', N'archive_awaited') IS NULL
ALTER TABLE [dbo].[SNAPSHOT_LEDGER] ADD [archive_awaited] NVARCHAR(1000) NULL;
GO

-- Layout 2. Entries without layout are of layout 1, and so is what an older program writes.
IF COL_LENGTH(N'[dbo].[SNAPSHOT_LEDGER]', N'layout') IS NULL
ALTER TABLE [dbo].[SNAPSHOT_LEDGER] ADD
    [number] BIGINT NULL,
    [state_token] NVARCHAR(200) NULL,
    [base_batch] UNIQUEIDENTIFIER NULL,
    [base_token] NVARCHAR(200) NULL,
    [rows_new] BIGINT NULL,
    [rows_changed] BIGINT NULL,
    [rows_deleted] BIGINT NULL,
    [layout] INT NOT NULL DEFAULT 1;
GO

-- An older program would publish whole snapshots over the versions of this layout, and snapshots without a number after those
-- that the next statement numbers. So it is refused first.
CREATE OR ALTER TRIGGER [dbo].[TR_SNAPSHOT_LEDGER_LAYOUT] ON [dbo].[SNAPSHOT_LEDGER]
AFTER INSERT, UPDATE
AS
BEGIN
    SET NOCOUNT ON;
    IF EXISTS (SELECT 1
               FROM inserted AS i
               LEFT JOIN deleted AS d ON d.[dataset] = i.[dataset] AND d.[batch_id] = i.[batch_id]
               WHERE d.[batch_id] IS NULL AND i.[layout] <> 2
                  OR i.[state] IN ('CURRENT', 'PREVIOUS') AND i.[number] IS NULL AND (d.[batch_id] IS NULL OR d.[state] <> i.[state]))
        THROW 50005, N'the window has layout 2, and the program that writes to it knows an earlier one; nothing was changed, use a release of the program that knows layout 2', 1;
END;
GO

-- The snapshots that layout 1 shows, oldest first and the current one last.
UPDATE l
SET [number] = n.[number]
FROM [dbo].[SNAPSHOT_LEDGER] AS l
INNER JOIN (
    SELECT o.[dataset], o.[customer_filter], o.[batch_id],
        ROW_NUMBER() OVER (
            PARTITION BY o.[dataset], o.[customer_filter]
            ORDER BY CASE WHEN o.[state] = 'CURRENT' THEN 1 ELSE 0 END, o.[snapshot_date],
                CASE WHEN o.[published_at] IS NULL THEN 1 ELSE 0 END, o.[published_at], o.[started_at], o.[batch_id]) AS [number]
    FROM [dbo].[SNAPSHOT_LEDGER] AS o
    WHERE o.[state] IN ('CURRENT', 'PREVIOUS')
) AS n ON n.[dataset] = l.[dataset] AND n.[customer_filter] = l.[customer_filter] AND n.[batch_id] = l.[batch_id]
WHERE NOT EXISTS (SELECT 1 FROM [dbo].[SNAPSHOT_LEDGER] AS e
                  WHERE e.[dataset] = l.[dataset] AND e.[customer_filter] = l.[customer_filter] AND e.[number] IS NOT NULL);
GO

-- The key keeps a partition's snapshots together, so that who publishes one locks no other; a batch id is one all the same.
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'UX_SNAPSHOT_LEDGER_BATCH')
CREATE UNIQUE INDEX [UX_SNAPSHOT_LEDGER_BATCH] ON [dbo].[SNAPSHOT_LEDGER] ([dataset], [batch_id]);
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'UX_SNAPSHOT_LEDGER_CURRENT')
CREATE UNIQUE INDEX [UX_SNAPSHOT_LEDGER_CURRENT] ON [dbo].[SNAPSHOT_LEDGER] ([dataset], [customer_filter]) WHERE [state] = 'CURRENT';
GO

-- Snapshots that are gone stay in the ledger; what the window shows is found without reading them.
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'IX_SNAPSHOT_LEDGER_STATE')
CREATE INDEX [IX_SNAPSHOT_LEDGER_STATE] ON [dbo].[SNAPSHOT_LEDGER] ([dataset], [state], [customer_filter]);
GO

IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND name = N'UX_SNAPSHOT_LEDGER_NUMBER')
CREATE UNIQUE INDEX [UX_SNAPSHOT_LEDGER_NUMBER] ON [dbo].[SNAPSHOT_LEDGER] ([dataset], [customer_filter], [number]) WHERE [number] > 0;
GO

IF OBJECT_ID(N'[dbo].[SNAPSHOT_WRITER]', N'U') IS NULL
CREATE TABLE [dbo].[SNAPSHOT_WRITER] (
    [dataset] NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    [fence] BIGINT NOT NULL,
    [holder] NVARCHAR(1000) NOT NULL,
    [since] DATETIME2 NOT NULL,
    CONSTRAINT [PK_SNAPSHOT_WRITER] PRIMARY KEY CLUSTERED ([dataset], [customer_filter])
);
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'One row a snapshot that is, was or is about to be in the window; all times are UTC'),
    (N'dataset', N'Name of the dataset'),
    (N'batch_id', N'Id of the snapshot'),
    (N'customer_filter', N'Partition'),
    (N'snapshot_date', N'Date of the snapshot, UTC'),
    (N'records_count', N'Rows in it; 0 while it is being staged'),
    (N'state', N'STAGING or STAGED on its way, CURRENT or PREVIOUS in the window, UNDONE or REMOVED and without rows'),
    (N'attempt', N'Counts the saves of the batch id; one that was UNDONE may be saved again as the next attempt'),
    (N'hash_spec_id', N'How its rows were hashed; NULL where a foreign writer made it'),
    (N'fingerprint', N'SHA-256 over identities and row hashes in byte order of the identity'),
    (N'parquet_archive_id', N'snapshot_archive.archive_id in PostgreSQL; NULL where there is none yet'),
    (N'archive_awaited', N'Host and directory of the outbox where its file waits to be archived; NULL where none waits'),
    (N'column_names', N'The source''s columns in order, one a line, NULL where its rows are gone; a line break within a name is \n, a backslash is doubled'),
    (N'column_types', N'Their types, in the same order, one a line'),
    (N'carried_columns', N'The columns whose text the window carried when it became current, one a line'),
    (N'number', N'Rises with each publish of a partition; NULL before the publish'),
    (N'state_token', N'State of the current rows when it became current: rows, rows without a number, newest date, sum of hashes'),
    (N'base_batch', N'The current snapshot that its staged changes were counted from; NULL where all its rows were staged'),
    (N'base_token', N'State of the current rows that its staged changes were counted from'),
    (N'rows_new', N'Rows that its base lacks; NULL where all its rows were staged'),
    (N'rows_changed', N'Rows that its base has with another hash or other carried texts'),
    (N'rows_deleted', N'Rows that only its base has'),
    (N'layout', N'Layout of the window that its writer knew; an entry of an older program is refused'),
    (N'started_at', N'When its staging began, UTC'),
    (N'sealed_at', N'When all its rows were staged, UTC'),
    (N'published_at', N'When it became visible, UTC');
DECLARE @part SYSNAME, @kind VARCHAR(128), @text NVARCHAR(3000);
DECLARE [parts] CURSOR LOCAL FAST_FORWARD FOR SELECT NULLIF([part], N''), [text] FROM @described;
OPEN [parts];
FETCH NEXT FROM [parts] INTO @part, @text;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @kind = CASE WHEN @part IS NULL THEN NULL ELSE 'COLUMN' END;
    IF EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND major_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]')
                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c
                                        WHERE c.object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_LEDGER]') AND c.name = @part), 0))
        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'SNAPSHOT_LEDGER', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'SNAPSHOT_LEDGER', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO

DECLARE @described TABLE ([part] SYSNAME NOT NULL, [text] NVARCHAR(3000) NOT NULL);
INSERT INTO @described ([part], [text]) VALUES
    (N'', N'Who writes, or last wrote, to a partition; the lock itself is an application lock of the writer''s session'),
    (N'dataset', N'Name of the dataset'),
    (N'customer_filter', N'Partition; empty in the row that says which of the names that differ in case has the tables'),
    (N'fence', N'Counts the writers; a writer whose number is no longer here has lost the lock'),
    (N'holder', N'The writer: program, host, process'),
    (N'since', N'When it took the lock, UTC');
DECLARE @part SYSNAME, @kind VARCHAR(128), @text NVARCHAR(3000);
DECLARE [parts] CURSOR LOCAL FAST_FORWARD FOR SELECT NULLIF([part], N''), [text] FROM @described;
OPEN [parts];
FETCH NEXT FROM [parts] INTO @part, @text;
WHILE @@FETCH_STATUS = 0
BEGIN
    SET @kind = CASE WHEN @part IS NULL THEN NULL ELSE 'COLUMN' END;
    IF EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND major_id = OBJECT_ID(N'[dbo].[SNAPSHOT_WRITER]')
                 AND minor_id = ISNULL((SELECT c.column_id FROM sys.columns AS c
                                        WHERE c.object_id = OBJECT_ID(N'[dbo].[SNAPSHOT_WRITER]') AND c.name = @part), 0))
        EXEC sys.sp_updateextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'SNAPSHOT_WRITER', @level2type = @kind, @level2name = @part;
    ELSE
        EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = @text,
            @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name = N'SNAPSHOT_WRITER', @level2type = @kind, @level2name = @part;
    FETCH NEXT FROM [parts] INTO @part, @text;
END;
CLOSE [parts];
DEALLOCATE [parts];
GO
