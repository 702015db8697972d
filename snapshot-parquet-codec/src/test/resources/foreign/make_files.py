"""Makes the files of this directory with pyarrow (26.0.1 made those that are here): python make_files.py"""

import base64
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

three = pa.table({"id": [1, 2, 3], "s": ["a", "b", "a"]})
none = three.slice(0, 0)

pq.write_table(none, "empty.parquet")
with pq.ParquetWriter("empty-groups.parquet", three.schema) as writer:
    for table in [none, none, three, none, pa.table({"id": [4, 5], "s": ["c", None]}), none]:
        writer.write_table(table)


class Keys(pe.KmsClient):
    def wrap_key(self, key, name):
        return base64.b64encode(key)

    def unwrap_key(self, wrapped, name):
        return base64.b64decode(wrapped)


factory = pe.CryptoFactory(lambda connection: Keys())
for name, plaintext_footer in [("encrypted", False), ("encrypted-columns", True)]:
    settings = pe.EncryptionConfiguration(
        footer_key="footer", column_keys={"column": ["s"]}, plaintext_footer=plaintext_footer
    )
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), settings)
    with pq.ParquetWriter(name + ".parquet", three.schema, encryption_properties=properties) as writer:
        writer.write_table(three)

# INT96: the nanosecond of the day and the Julian day. pyarrow writes neither far years nor seconds of no day.
moments = pa.table({"id": [1, 2], "ts": pa.array([0, 1_000_000], pa.timestamp("us"))})
pq.write_table(
    moments,
    "int96.parquet",
    use_deprecated_int96_timestamps=True,
    use_dictionary=False,
    compression="none",
    write_statistics=False,
)
with open("int96.parquet", "rb") as file:
    plain = file.read()
second = struct.pack("<qi", 1_000_000_000, 2_440_588)
assert plain.count(second) == 1
for name, nanos, day in [("int96-far", 1, 107_641_385), ("int96-outside", 86_400 * 10**9, 2_440_588)]:
    with open(name + ".parquet", "wb") as file:
        file.write(plain.replace(second, struct.pack("<qi", nanos, day)))

# One long text again and again: a few bytes a row in the file, 200,000 in memory.
text = "x" * 200_000
same = pa.array([text] * 5_000)
for name, options in [
    ("repeated-dictionary", {"compression": "zstd"}),
    (
        "repeated-delta",
        {"compression": "zstd", "use_dictionary": False, "column_encoding": {"s": "DELTA_BYTE_ARRAY"}},
    ),
]:
    pq.write_table(pa.table({"s": same}), name + ".parquet", write_statistics=False, **options)

latin = pa.array([b"gr\xfcn", b"red"], pa.binary())
texts = pa.Array.from_buffers(pa.string(), 2, latin.buffers())
pq.write_table(pa.table({"s": texts}), "latin1.parquet", use_dictionary=False)
