"""Makes take-over.csv: the rows of a table, and the hashes by which the Python pipeline kept them in the window.

    venv/bin/pip install pandas==2.2.3 && venv/bin/python take-over.py > take-over.csv
"""

import csv
import datetime
import decimal
import hashlib
import random
import sys
import uuid
import warnings

import pandas

warnings.simplefilter("ignore")

LEFT_OUT = {"record_uuid", "snapshot_date", "customer_filter"}
MANAGER_COLUMNS = ["AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"]
NAMES = ["record_uuid"] + MANAGER_COLUMNS + ["QTY", "PRICE", "SHIPPED", "URGENT", "NOTE"]


class Rows:
    """A DB-API connection, and its cursor, over rows at hand."""

    def __init__(self, rows):
        self.rows = rows

    def cursor(self):
        return self

    def execute(self, *_):
        self.description = [(name, None, None, None, None, None, None) for name in NAMES]
        return self

    def fetchall(self):
        return self.rows

    def close(self):
        pass


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def cell(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


random_ = random.Random(9)
table = []
for number in range(40):
    table.append(
        (
            str(uuid.UUID(int=random_.getrandbits(128))).upper(),
            "JOO-%05d" % (500 + number),
            random_.choice(["GREYSON", "ÉCLAIR & CO", "MØLLER"]),
            random_.choice(["MFA24", "MSP25", None]),
            random_.choice([None, random_.randrange(2000)]),
            decimal.Decimal(random_.randrange(100000)) / 100,
            datetime.datetime(2026, 9, 1) + datetime.timedelta(seconds=random_.randrange(10**6), milliseconds=random_.choice([0, 250])),
            random_.choice([None, True, False]),
            random_.choice([None, "  call first ", "fragile\u00a0", "as before"]),
        )
    )
frame = pandas.read_sql("SELECT", Rows(table))
columns = sorted(set(NAMES) - LEFT_OUT)
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(NAMES + ["legacy-py-a", "legacy-py-b", "legacy-py-c"])
for (_, row), values in zip(frame.iterrows(), table):
    texts = ["" if pandas.isna(row[name]) else str(row[name]) for name in columns]
    hash_a = sha256("|".join(texts))
    hash_b = sha256("|".join(text.strip() for text in texts))
    hash_c = sha256("|".join(str(row[name]) for name in MANAGER_COLUMNS))
    out.writerow([cell(value) for value in values] + [hash_a, hash_b, hash_c])
