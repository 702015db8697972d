"""Compares two Parquet files on `id` with a peer: compare_peers.py duckdb|polars|datacompy BEFORE AFTER [MEMORY LIMIT].

Exits with 3 if the peer is not installed.
"""
import sys

peer, before, after = sys.argv[1:4]
try:
    module = __import__(peer)
    if peer == "datacompy":
        import polars
except ImportError:
    sys.exit(3)

if peer == "duckdb":
    db = module.connect()
    db.execute("set threads = 2")
    if len(sys.argv) > 4:
        db.execute(f"set memory_limit = '{sys.argv[4]}'")
        db.execute(f"set temp_directory = '{after}.tmp'")
    columns = [row[0] for row in db.execute(f"describe select * from '{before}'").fetchall() if row[0] != "id"]
    both = "a.id is not null and b.id is not null and "
    differs = {column: f"a.{column} is distinct from b.{column}" for column in columns}
    counts = ", ".join(f"count(*) filter ({both}{test}) {column}" for column, test in differs.items())
    print(
        db.execute(
            f"""select count(*) filter (a.id is null), count(*) filter (b.id is null),
            count(*) filter ({both}({" or ".join(differs.values())})), {counts}
            from '{before}' a full join '{after}' b on a.id = b.id"""
        ).fetchall()
    )
elif peer == "polars":
    left = module.scan_parquet(before)
    right = module.scan_parquet(after)
    columns = [name for name in left.collect_schema().names() if name != "id"]
    differs = [module.col(name).ne_missing(module.col(name + "_right")) for name in columns]
    joined = left.join(right, on="id", how="inner")
    print(
        joined.select(
            module.any_horizontal(differs).sum().alias("changed"), *(test.sum().alias(c) for test, c in zip(differs, columns))
        ).collect().to_dicts(),
        right.join(left, on="id", how="anti").select(module.len()).collect().item(),
        left.join(right, on="id", how="anti").select(module.len()).collect().item(),
    )
else:
    comparison = module.PolarsCompare(polars.read_parquet(before), polars.read_parquet(after), join_columns="id")
    print(comparison.count_matching_rows(), [(c["column"], c["unequal_cnt"]) for c in comparison.column_stats])
