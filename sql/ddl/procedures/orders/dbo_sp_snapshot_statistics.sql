-- One row per partition of ORDERS_UNIFIED that has a snapshot in the window:
-- customer_filter, snapshot_count, oldest_snapshot, newest_snapshot, unique_batches, total_records.
--
--     EXEC dbo.sp_snapshot_statistics;
--
-- Rows that another writer left count as one snapshot without a batch. Snapshots that are being loaded do not count. SQL Server
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

    DECLARE @ledger TABLE (
        [customer_filter] NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
        [snapshot_date] DATETIME2 NOT NULL,
        [batch_id] UNIQUEIDENTIFIER NOT NULL,
        [records_count] BIGINT NOT NULL,
        [state] VARCHAR(10) NOT NULL
    );

    BEGIN TRANSACTION;

    -- The ledger first and then the rows, as a publish writes them: neither waits for the other in a circle.
    INSERT INTO @ledger ([customer_filter], [snapshot_date], [batch_id], [records_count], [state])
    SELECT l.[customer_filter], l.[snapshot_date], l.[batch_id], l.[records_count], l.[state]
    FROM [dbo].[SNAPSHOT_LEDGER] AS l WITH (HOLDLOCK)
    WHERE l.[dataset] = N'ORDERS_UNIFIED' AND l.[state] IN ('CURRENT', 'PREVIOUS');

    SELECT v.[customer_filter],
        COUNT(*) AS [snapshot_count],
        MIN(v.[snapshot_date]) AS [oldest_snapshot],
        MAX(v.[snapshot_date]) AS [newest_snapshot],
        COUNT(DISTINCT v.[batch_id]) AS [unique_batches],
        SUM(v.[records_count]) AS [total_records]
    FROM (
        SELECT c.[customer_filter],
            MAX(c.[snapshot_date]) AS [snapshot_date],
            CASE WHEN COUNT(*) = COUNT(c.[batch_id]) AND MIN(c.[batch_id]) = MAX(c.[batch_id]) THEN MIN(c.[batch_id]) END AS [batch_id],
            COUNT_BIG(*) AS [records_count]
        FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c
        GROUP BY c.[customer_filter]
        UNION ALL
        SELECT l.[customer_filter], l.[snapshot_date], l.[batch_id], l.[records_count]
        FROM @ledger AS l
        WHERE (l.[state] = 'PREVIOUS'
               OR l.[state] = 'CURRENT' AND l.[records_count] = 0
                  AND NOT EXISTS (SELECT 1 FROM [dbo].[ORDERS_UNIFIED_SNAPSHOT] AS c WHERE c.[customer_filter] = l.[customer_filter]))
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
