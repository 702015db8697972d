-- One row per partition of ORDERS_UNIFIED that has a snapshot in the window:
-- customer_filter, snapshot_count, oldest_snapshot, newest_snapshot, unique_batches, total_records.
--
--     EXEC dbo.sp_snapshot_statistics;
--
-- The ledger counts the rows of the program's snapshots. Rows that another writer left count as one snapshot without a batch. Snapshots that are being loaded do not count. SQL Server
-- 2017 or later, Azure SQL. Run this script again at will.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
SET LOCK_TIMEOUT 30000;
GO

CREATE OR ALTER PROCEDURE [dbo].[sp_snapshot_statistics]
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    DECLARE @current TABLE (
        [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
        [snapshot_date] DATETIME2 NOT NULL,
        [records_count] BIGINT NOT NULL,
        [strangers] BIGINT NOT NULL
    );

    BEGIN TRANSACTION;

    -- Waits for a publish in a statement of its own: with row versions a statement reads the ledger as of its own start, and would
    -- miss the publish that it waited for.
    DECLARE @there BIGINT;
    SET @there = (SELECT COUNT_BIG(*)
                  FROM (SELECT TOP (1) c.[customer_filter] FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WITH (TABLOCK, HOLDLOCK)) AS x);

    -- The rows first and then the ledger, as a publish locks them: neither waits for the other in a circle. Rows whose batch is none of
    -- the ledger's published ones are another writer's.
    INSERT INTO @current ([customer_filter], [snapshot_date], [records_count], [strangers])
    SELECT g.[customer_filter], MAX(g.[snapshot_date]), SUM(g.[records_count]),
        SUM(CASE WHEN l.[number] IS NULL THEN g.[records_count] ELSE 0 END)
    FROM (
        SELECT c.[customer_filter], c.[batch_id], MAX(c.[snapshot_date]) AS [snapshot_date], COUNT_BIG(*) AS [records_count]
        FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WITH (TABLOCK, HOLDLOCK)
        GROUP BY c.[customer_filter], c.[batch_id]
    ) AS g
    LEFT JOIN [dbo].[SNAPSHOT_LEDGER] AS l
        ON l.[dataset] = N'ORDERS_UNIFIED' AND l.[customer_filter] = g.[customer_filter] AND l.[batch_id] = g.[batch_id]
    GROUP BY g.[customer_filter];

    SELECT v.[customer_filter],
        COUNT(*) AS [snapshot_count],
        MIN(v.[snapshot_date]) AS [oldest_snapshot],
        MAX(v.[snapshot_date]) AS [newest_snapshot],
        COUNT(DISTINCT v.[batch_id]) AS [unique_batches],
        SUM(v.[records_count]) AS [total_records]
    FROM (
        SELECT c.[customer_filter],
            CASE WHEN l.[batch_id] IS NULL THEN c.[snapshot_date] ELSE l.[snapshot_date] END AS [snapshot_date],
            l.[batch_id],
            c.[records_count]
        FROM @current AS c
        LEFT JOIN [dbo].[SNAPSHOT_LEDGER] AS l
            ON l.[dataset] = N'ORDERS_UNIFIED' AND l.[customer_filter] = c.[customer_filter] AND l.[state] = 'CURRENT'
               AND c.[strangers] = 0 AND c.[records_count] <= l.[records_count]
        UNION ALL
        SELECT l.[customer_filter], l.[snapshot_date], l.[batch_id], l.[records_count]
        FROM [dbo].[SNAPSHOT_LEDGER] AS l
        WHERE l.[dataset] = N'ORDERS_UNIFIED'
          AND (l.[state] = 'PREVIOUS'
               OR l.[state] = 'CURRENT' AND l.[records_count] = 0
                  AND NOT EXISTS (SELECT 1 FROM @current AS c WHERE c.[customer_filter] = l.[customer_filter]))
    ) AS v
    GROUP BY v.[customer_filter]
    ORDER BY v.[customer_filter];

    COMMIT TRANSACTION;
END;
GO

IF NOT EXISTS (SELECT 1 FROM sys.extended_properties
               WHERE class = 1 AND name = N'MS_Description' AND minor_id = 0
                 AND major_id = OBJECT_ID(N'[dbo].[sp_snapshot_statistics]'))
EXEC sys.sp_addextendedproperty @name = N'MS_Description',
    @value = N'One row per partition of ORDERS_UNIFIED: snapshots, oldest, newest, batches and records in the window',
    @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'PROCEDURE', @level1name = N'sp_snapshot_statistics';
GO
