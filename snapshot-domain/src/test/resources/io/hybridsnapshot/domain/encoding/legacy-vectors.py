"""Makes legacy-vectors.json: tables as a database types them, and the texts that the Python pipeline's functions hash for their rows
(SHA-256 over UTF-8) after pandas.read_sql has read them from a driver that returns the objects pyodbc returns.

    python3 -m venv venv && venv/bin/pip install pandas==2.2.3 && venv/bin/python legacy-vectors.py > legacy-vectors.json

What pyodbc returns, by its source (src/getdata.cpp of 5.x): bool for BIT, int for the integers, decimal.Decimal for DECIMAL and MONEY,
float for FLOAT and REAL (fetched as SQL_C_DOUBLE, so REAL is widened), str for texts, upper-case str for UNIQUEIDENTIFIER, bytes for
binaries, datetime.date, datetime.time and datetime.datetime with the fraction cut to microseconds. NULL is None.
"""

import datetime
import decimal
import json
import random
import struct
import sys
import uuid
import warnings

import pandas

warnings.simplefilter("ignore")

LEFT_OUT = {"record_uuid", "snapshot_date", "customer_filter"}
MANAGER_COLUMNS = ["AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"]


class Cursor:
    """A DB-API cursor over rows at hand, which is all that pandas asks of a driver."""

    def __init__(self, names, rows):
        self.names, self.rows = names, rows

    def execute(self, *_):
        self.description = [(name, None, None, None, None, None, None) for name in self.names]
        return self

    def fetchall(self):
        return [tuple(row) for row in self.rows]

    def close(self):
        pass


class Connection:
    def __init__(self, names, rows):
        self.names, self.rows = names, rows

    def cursor(self):
        return Cursor(self.names, self.rows)

    def rollback(self):
        pass


def micros(text):
    """An ISO time with its fraction cut to microseconds."""
    whole, _, fraction = text.partition(".")
    return whole + "." + (fraction + "000000")[:6]


def as_pyodbc(kind, text):
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    if kind.startswith("int"):
        return int(text)
    if kind.startswith("decimal"):
        return decimal.Decimal(text)
    if kind == "float64":
        return float(text)
    if kind == "float32":
        return struct.unpack("f", struct.pack("f", float(text)))[0]
    if kind == "text":
        return text
    if kind == "binary":
        return bytes.fromhex(text)
    if kind == "date":
        return datetime.date.fromisoformat(text)
    if kind.startswith("timestamp"):
        return datetime.datetime.fromisoformat(micros(text))
    if kind.startswith("time"):
        return datetime.time.fromisoformat(micros(text))
    if kind == "uuid":
        return text.upper()
    raise AssertionError(kind)


def text_a(row, columns):
    return "|".join("" if pandas.isna(row[name]) else str(row[name]) for name in sorted(columns))


def text_b(row, columns):
    return "|".join("" if pandas.isna(row[name]) else str(row[name]).strip() for name in sorted(columns))


def text_c(row, _):
    return "|".join(str(row[name]) for name in MANAGER_COLUMNS)


def vector(name, columns, rows):
    names = [column for column, _ in columns]
    objects = [[as_pyodbc(kind, cell) for (_, kind), cell in zip(columns, row)] for row in rows]
    frame = pandas.read_sql("SELECT", Connection(names, objects))
    covered = [column for column in frame.columns if column not in LEFT_OUT]
    specs = {"legacy-py-a": text_a, "legacy-py-b": text_b}
    if set(MANAGER_COLUMNS) <= set(names):
        specs["legacy-py-c"] = text_c
    expected = {}
    for spec, function in specs.items():
        expected[spec] = [function(row, covered) for _, row in frame.iterrows()]
    return {"name": name, "columns": columns, "rows": rows, "expected": expected}


def keyed(name, columns, rows):
    """The same with an identity, as every table of the pipeline has one."""
    keys = [str(uuid.UUID(int=i)) for i in range(1, len(rows) + 1)]
    return vector(name, [["record_uuid", "uuid"]] + columns, [[key] + row for key, row in zip(keys, rows)])


EDGES = {
    "boolean": ["true", "false"],
    "int8": ["-128", "127", "0"],
    "int16": ["-32768", "32767", "255"],
    "int32": ["-2147483648", "2147483647", "720", "0"],
    "int64": [str(-(2**63)), str(2**63 - 1), str(2**53), str(2**53 + 1), "-1", "0", "10000000000000000", "100000", "99999999999999999"],
    "decimal(4,0)": ["720", "-1", "0", "9999"],
    "decimal(10,2)": ["720.00", "0.10", "-0.01", "99999999.99", "12.34", "0.00"],
    "decimal(18,4)": ["99999999999999.9999", "90071992547409.9301", "0.0001", "0.0000", "-0.0100", "8176441668080.3268", "31606542545485.1373"],
    "decimal(18,18)": ["0.000000000000000001", "0.123456789012345678", "0.999999999999999999", "0.690560699852663089", "0.019619769415762462"],
    "decimal(19,4)": ["922337203685477.5807", "-922337203685477.5808", "0.0001", "1.0000", "720.0000"],
    "decimal(38,0)": ["99999999999999999999999999999999999999", "10000000000000000", "9999999999999998", "1", "9007199254740993"],
    "decimal(38,38)": ["0.00000000000000000000000000000000000001", "0.10000000000000000000000000000000000000", "0.33333333333333333333333333333333333333"],
    "decimal(38,10)": ["1234567890123456789012345678.0123456789", "-0.0000000001", "5.0000000000"],
    "float64": ["1e-05", "0.0001", "1e+16", "9999999999999998.0", "123456789012345680.0", "5e-324", "2.2250738585072014e-308",
                "1.7976931348623157e+308", "inf", "-inf", "nan", "-0.0", "0.0", "0.1", "2e-7", "9007199254740993", "1e22", "1e23", "2.0", "100000.0"],
    "float32": ["0.1", "3.4028235e+38", "1e-45", "16777216", "nan", "-0.0", "720", "1e-5"],
    "date": ["0001-01-01", "9999-12-31", "1970-01-01", "2026-09-27", "1582-10-10"],
    "time(6)": ["00:00:00", "23:59:59.999999", "12:00:00.5", "01:02:03.000004"],
    "time(7)": ["00:00:00.0000001", "23:59:59.9999999", "12:00:00.1234567"],
    "timestamp(6)": ["2026-09-27T10:11:12", "2026-09-27T00:00:00", "1969-12-31T23:59:59.999999", "2026-09-27T10:11:12.5", "1677-09-21T00:12:43.145225", "2262-04-11T23:47:16.854775"],
    "timestamp(7)": ["2026-09-27T10:11:12.1234567", "2026-09-27T10:11:12.0000009", "1900-01-01T00:00:00.0000100", "1753-01-01T00:00:00"],
    "uuid": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "6f9619ff-8b86-d011-b42d-00c04fc964ff"],
    "text": ["x", "", " ", " x ", "a|b", "None", "nan", "NaT", "é", "e\u0301", "𝄞", "\u200b x\ufeff", "\tx\n", "720.0"],
    "binary": ["", "00", "ff", "27", "22", "2722", "5c", "090a0d", "1f20", "7e7f80", "616263", "6227", "00275c22"],
}

BEYOND = ["0001-01-01T00:00:00", "9999-12-31T23:59:59.999999", "1677-09-21T00:12:43.145224", "2262-04-11T23:47:16.854776"]
NAMES = ["Z", "a", "a b", "ab", "é", "|", "AAG ORDER NUMBER", "ﬀ", "\uffee", "𝄞", "\U0010ffff", "0", "_", "~", "snapshot_date", "row_hash", "batch_id"]


def random_cell(random_, kind):
    choice = random_.random()
    if choice < 0.5:
        return random_.choice(EDGES[kind])
    if kind.startswith("decimal"):
        precision, scale = (int(part) for part in kind[8:-1].split(","))
        digits = str(random_.randrange(10 ** random_.randint(1, precision))).zfill(scale + 1)
        # A database's decimal has no negative zero.
        sign = "-" if random_.random() < 0.3 and int(digits) else ""
        return sign + (digits[: len(digits) - scale] + "." + digits[len(digits) - scale :] if scale else digits)
    if kind == "float64":
        return repr(struct.unpack("d", struct.pack("Q", random_.getrandbits(64)))[0])
    if kind == "float32":
        return repr(struct.unpack("f", struct.pack("I", random_.getrandbits(32)))[0])
    if kind.startswith("int"):
        bits = int(kind[3:])
        return str(random_.randrange(-(2 ** (bits - 1)), 2 ** (bits - 1)) >> random_.randrange(bits))
    if kind == "text":
        return "".join(random_.choice(" \t\u00a0\u001f\u2007xyzäß漢𝄞|'") for _ in range(random_.randrange(8)))
    if kind == "binary":
        return random_.randbytes(random_.randrange(8)).hex()
    if kind == "uuid":
        return str(uuid.UUID(int=random_.getrandbits(128)))
    if kind == "date":
        return datetime.date.fromordinal(random_.randrange(1, 3652060)).isoformat()
    if kind.startswith("timestamp"):
        day = datetime.date.fromordinal(random_.randrange(650000, 820000)).isoformat()
        return day + "T" + random_cell(random_, "time(7)" if "7" in kind else "time(6)")
    if kind.startswith("time"):
        second = "%02d:%02d:%02d" % (random_.randrange(24), random_.randrange(60), random_.randrange(60))
        digits = int(kind[5:-1])
        return second + "." + str(random_.randrange(10**digits)).zfill(digits)
    return random_.choice(EDGES[kind])


def vectors():
    yield vector("the document's first", [["B", "text"], ["A", "text"], ["C", "text"]], [["x", " 1 ", None]])
    yield vector("the document's second", [["AAG ORDER NUMBER", "text"], ["CUSTOMER NAME", "text"], ["QTY", "int32"]], [["JOO-00505", "GREYSON", "720"]])
    for kind, cells in EDGES.items():
        yield keyed(kind + " without NULL", [["V", kind]], [[cell] for cell in cells])
        yield keyed(kind + " with NULL", [["V", kind]], [[cell] for cell in cells + [None]])
        yield keyed(kind + ", NULL alone", [["V", kind]], [[None], [None]])
        manager = [[MANAGER_COLUMNS[0], kind], [MANAGER_COLUMNS[1], kind], [MANAGER_COLUMNS[2], kind], ["V", "text"]]
        yield keyed(kind + " for the manager", manager, [[cell, None, other, " "] for cell, other in zip(cells, [None] + cells)])
    for cell in BEYOND:
        manager = [[name, "timestamp(6)"] for name in MANAGER_COLUMNS]
        yield keyed("timestamps with " + cell, manager, [[cell, cell, "2026-09-27T10:11:12.5"], [None, "2026-09-27T10:11:12", None]])
    points = [point for point in range(0x110000) if chr(point).isspace()]
    assert len(points) == 29, points
    near = [0x08, 0x0E, 0x1B, 0x21, 0x84, 0x86, 0x9F, 0xA1, 0x180E, 0x1FFF, 0x200B, 0x2027, 0x202A, 0x2060, 0x2FFF, 0x3001, 0xFEFF]
    texts = [chr(point) for point in points + near]
    yield keyed("white space", [["V", "text"]], [[text + "x" + text + "y" + text] for text in texts] + [[text] for text in texts])
    yield keyed("names in another order", [[name, "text"] for name in NAMES], [[name for name in NAMES], [name.lower() for name in NAMES]])
    random_ = random.Random(20260927)
    kinds = list(EDGES)
    for number in range(40):
        names = random_.sample([name for name in NAMES if name != "AAG ORDER NUMBER"], random_.randint(1, 6))
        if number % 2 == 0:
            names += MANAGER_COLUMNS
        random_.shuffle(names)
        columns = [[name, random_.choice(kinds)] for name in names]
        gaps = [random_.choice([0, 0, 0.3, 1]) for _ in columns]
        rows = [
            [None if random_.random() < gap else random_cell(random_, kind) for (_, kind), gap in zip(columns, gaps)]
            for _ in range(random_.randint(1, 7))
        ]
        yield keyed("random " + str(number), columns, rows)


print(f"pandas {pandas.__version__}, Python {sys.version.split()[0]}", file=sys.stderr)
print("[")
made = list(vectors())
for index, made_vector in enumerate(made):
    print(json.dumps(made_vector, ensure_ascii=True) + ("," if index + 1 < len(made) else ""))
print("]")
