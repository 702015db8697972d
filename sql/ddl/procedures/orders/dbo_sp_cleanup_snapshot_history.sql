-- Keeps the newest snapshots of each partition of ORDERS_UNIFIED in the window, the current one included, and removes the rest.
--
--     EXEC dbo.sp_cleanup_snapshot_history;                                                 every partition, 2 snapshots kept
--     EXEC dbo.sp_cleanup_snapshot_history @customer_filter = N'GREYSON', @keep_count = 3;
--
-- Returns what it removed: customer_filter, batch_id, snapshot_date, records_count. The current snapshot and snapshots that are being
-- loaded are never touched. The snapshots leave the ledger in one transaction; the versions of rows that only they had follow, 4000 a
-- transaction, so that neither the log nor the limit of Azure SQL on one transaction meets a whole snapshot. If that is interrupted, run
-- the procedure again. SQL Server 2017 or later, Azure SQL. Run this script again at will.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
GO

CREATE OR ALTER PROCEDURE [dbo].[sp_cleanup_snapshot_history]
    @customer_filter NVARCHAR(255) = NULL,
    @keep_count INT = 2
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    IF @keep_count IS NULL OR @keep_count < 1
        THROW 50001, N'sp_cleanup_snapshot_history: @keep_count has to be 1 or more, since the current snapshot always stays', 1;

    DECLARE @turn INT, @there BIGINT, @partition NVARCHAR(255), @oldest BIGINT, @end BIGINT, @from UNIQUEIDENTIFIER, @to UNIQUEIDENTIFIER;
    DECLARE @removed TABLE (
        [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [batch_id] UNIQUEIDENTIFIER NOT NULL,
        [snapshot_date] DATETIME2 NOT NULL,
        [records_count] BIGINT NOT NULL
    );

    BEGIN TRANSACTION;

    -- The lock under which snapshots are published: what is newest stays so until this is through. Then the current table and the
    -- ledger, in the order of a publish.
    EXECUTE @turn = sp_getapplock @Resource = N'hybrid-snapshots:dbo.orders_unified:publish', @LockMode = 'Exclusive',
        @LockOwner = 'Transaction', @LockTimeout = 30000, @DbPrincipal = 'public';
    IF @turn < 0
        THROW 50002, N'sp_cleanup_snapshot_history: a snapshot is being published; nothing was removed, try again', 1;
    SET @there = (SELECT COUNT_BIG(*)
                  FROM (SELECT TOP (1) c.[customer_filter] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WITH (TABLOCKX, HOLDLOCK)) AS x);

    INSERT INTO @removed ([customer_filter], [batch_id], [snapshot_date], [records_count])
    SELECT v.[customer_filter], v.[batch_id], v.[snapshot_date], v.[records_count]
    FROM (
        SELECT l.[customer_filter], l.[batch_id], l.[snapshot_date], l.[records_count],
            CASE WHEN EXISTS (SELECT 1 FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WHERE c.[customer_filter] = l.[customer_filter])
                   OR EXISTS (SELECT 1 FROM [dbo].[SNAPSHOT_LEDGER] AS e
                              WHERE e.[dataset] = N'ORDERS_UNIFIED' AND e.[customer_filter] = l.[customer_filter]
                                AND e.[state] = 'CURRENT')
                 THEN 1 ELSE 0 END AS [current_count],
            ROW_NUMBER() OVER (
                PARTITION BY l.[customer_filter]
                ORDER BY l.[snapshot_date] DESC, CASE WHEN l.[published_at] IS NULL THEN 0 ELSE 1 END, l.[published_at] DESC,
                    l.[started_at] DESC, l.[batch_id]) AS [position]
        FROM [dbo].[SNAPSHOT_LEDGER] AS l
        WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[state] = 'PREVIOUS'
          AND (@customer_filter IS NULL OR l.[customer_filter] = @customer_filter)
    ) AS v
    WHERE v.[current_count] + v.[position] > @keep_count;

    -- A snapshot of another writer has a batch id of its own only while it is kept.
    DELETE l
    FROM [dbo].[SNAPSHOT_LEDGER] AS l
    INNER JOIN @removed AS r ON r.[batch_id] = l.[batch_id]
    WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[state] = 'PREVIOUS' AND l.[hash_spec_id] IS NULL AND l.[started_at] IS NULL;

    -- The batch id of any other stays, so that it is never taken for another snapshot.
    UPDATE l
    SET [state] = 'REMOVED', [column_names] = NULL, [column_types] = NULL, [carried_columns] = NULL
    FROM [dbo].[SNAPSHOT_LEDGER] AS l
    INNER JOIN @removed AS r ON r.[batch_id] = l.[batch_id]
    WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[state] = 'PREVIOUS';

    COMMIT TRANSACTION;

    -- The versions that no snapshot has any more: those that end no later than the oldest visible snapshot begins. By ranges of their
    -- index, each in a transaction with the turn to publish. A version of the least identity that is alone at its end stays; the
    -- program's next save removes it.
    SET @partition = N'';
    WHILE @partition IS NOT NULL
    BEGIN
        SET @partition = (SELECT MIN(v.[customer_filter]) FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] AS v
                          WHERE v.[customer_filter] > @partition AND (@customer_filter IS NULL OR v.[customer_filter] = @customer_filter));
        SET @oldest = (SELECT MIN(l.[number]) FROM [dbo].[SNAPSHOT_LEDGER] AS l
                       WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[customer_filter] = @partition AND l.[state] IN ('CURRENT', 'PREVIOUS'));
        SET @end = (SELECT MIN(v.[last_number]) FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] AS v WHERE v.[customer_filter] = @partition);
        SET @from = '00000000-0000-0000-0000-000000000000';
        WHILE @end IS NOT NULL AND (@oldest IS NULL OR @end <= @oldest)
        BEGIN
            SET @to = (SELECT TOP (1) x.[record_uuid]
                       FROM (SELECT TOP (4000) v.[record_uuid]
                             FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] AS v
                             WHERE v.[customer_filter] = @partition AND v.[last_number] = @end
                               AND v.[record_uuid] > @from
                             ORDER BY v.[record_uuid]) AS x
                       ORDER BY x.[record_uuid] DESC);
            IF @to IS NOT NULL
            BEGIN
                BEGIN TRANSACTION;
                EXECUTE @turn = sp_getapplock @Resource = N'hybrid-snapshots:dbo.orders_unified:publish', @LockMode = 'Exclusive',
                    @LockOwner = 'Transaction', @LockTimeout = 30000, @DbPrincipal = 'public';
                IF @turn >= 0
                    DELETE v
                    FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] AS v
                    WHERE v.[customer_filter] = @partition AND v.[last_number] = @end
                      AND v.[record_uuid] >= @from AND v.[record_uuid] <= @to
                      AND NOT EXISTS (SELECT 1 FROM [dbo].[SNAPSHOT_LEDGER] AS l
                                      WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[customer_filter] = @partition
                                        AND l.[state] IN ('CURRENT', 'PREVIOUS') AND l.[number] < @end);
                COMMIT TRANSACTION;
                SET @from = @to;
            END;
            ELSE
            BEGIN
                SET @end = (SELECT MIN(v.[last_number]) FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT_VERSION] AS v
                            WHERE v.[customer_filter] = @partition AND v.[last_number] > @end);
                SET @from = '00000000-0000-0000-0000-000000000000';
            END;
        END;
    END;

    SELECT r.[customer_filter], r.[batch_id], r.[snapshot_date], r.[records_count]
    FROM @removed AS r
    ORDER BY r.[customer_filter], r.[snapshot_date] DESC;
END;
GO

IF NOT EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND minor_id = 0
                 AND major_id = OBJECT_ID(N'[dbo].[sp_cleanup_snapshot_history]'))
EXEC sys.sp_addextendedproperty @name = N'MS_Description',
    @value = N'Keeps the newest @keep_count snapshots of each partition of ORDERS_UNIFIED, the current one included; returns what it removed',
    @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'PROCEDURE', @level1name = N'sp_cleanup_snapshot_history';
GO
