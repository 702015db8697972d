"""Draws the table that `snapshot-benchmarks/run growth` prints.

    python3 snapshot-benchmarks/plot_growth.py TABLE PICTURE.svg

Both axes of time are logarithmic, so that linear growth is a line of slope 1.
Needs matplotlib (`pip install matplotlib`).
"""

import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "growth"
import matplotlib.pyplot as plt

DAYS = {0: "first day", 1: "next day, 1 % changed"}


def read(path):
    with open(path, encoding="utf-8") as table:
        lines = [line.split() for line in table if line.strip() and not line.startswith("#")]
    header, rows = lines[0], lines[1:]
    return [dict(zip(header, map(float, row))) for row in rows]


def main(table, picture):
    figures = read(table)
    plot, (time, memory) = plt.subplots(1, 2, figsize=(10, 4.2))
    for day, label in DAYS.items():
        points = [figure for figure in figures if figure["day"] == day]
        rows = [point["rows"] for point in points]
        line = time.plot(rows, [point["wall_s"] for point in points], marker="o", label=f"{label}, wall clock")[0]
        time.plot(
            rows,
            [point["cpu_s"] for point in points],
            marker="o",
            linestyle="--",
            color=line.get_color(),
            label=f"{label}, CPU of the client",
        )
        memory.plot(rows, [point["memory_mb"] for point in points], marker="o", label=label)
    largest = max(figures, key=lambda figure: (figure["rows"], figure["wall_s"]))
    per_row = largest["wall_s"] / largest["rows"]
    ends = [min(figure["rows"] for figure in figures), largest["rows"]]
    time.plot(ends, [end * per_row for end in ends], color="grey", linewidth=1, linestyle=":", label="proportional")
    time.set(xscale="log", yscale="log", xlabel="rows of 20 columns", ylabel="seconds", title="Time of a save")
    memory.set(xscale="log", xlabel="rows of 20 columns", ylabel="MB", title="Resident memory, heap of 512 MB")
    memory.set_ylim(bottom=0)
    for axes in (time, memory):
        axes.grid(True, alpha=0.3)
        axes.legend(fontsize=8)
    plot.tight_layout()
    plot.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
