"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const numbers = new Intl.NumberFormat("en-US");
  const choice = document.getElementById("series");
  const tbody = document.querySelector("#numbers tbody");
  const tiles = document.querySelectorAll("#tiles strong");
  let charts = [];

  const count = (n) => (n === null || n === undefined ? "-" : numbers.format(n));
  const sum = (list) => list.reduce((all, n) => all + n, 0);

  /** A number of bytes in powers of 1,000, as the program prints it. */
  function size(bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    const units = ["B", "KB", "MB", "GB", "TB", "PB"];
    let unit = 0;
    let value = bytes;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return value.toFixed(1) + " " + units[unit];
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function options(stacked, axes, words) {
    const line = { color: colour("line") };
    const ticks = { color: colour("quiet"), maxRotation: 0, autoSkipPadding: 28 };
    const scales = { x: { stacked, grid: { display: false }, border: line, ticks } };
    for (const [id, axis] of Object.entries(axes)) {
      scales[id] = {
        stacked: stacked && id === "y",
        position: axis.position,
        beginAtZero: true,
        grid: id === "y" ? line : { display: false },
        border: line,
        title: { display: true, text: axis.title, color: colour("quiet") },
        ticks: { color: colour("quiet"), maxTicksLimit: 6, callback: (value) => words(value), precision: 0 },
      };
    }
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { labels: { color: colour("text"), boxWidth: 12, boxHeight: 12 } },
        tooltip: { callbacks: { label: (item) => item.dataset.label + ": " + words(item.raw) } },
      },
      scales,
    };
  }

  function bars(label, values, name) {
    return { type: "bar", label, data: values, backgroundColor: colour(name), stack: "all", maxBarThickness: 48 };
  }

  function line(label, values, axis) {
    return {
      type: "line", label, data: values, yAxisID: axis, borderColor: colour("link"), backgroundColor: colour("link"),
      borderWidth: 2, pointRadius: values.length > 45 ? 0 : 2.5, spanGaps: true, stepped: axis === "y" ? false : "before",
    };
  }

  function draw(id, datasets, settings) {
    charts.push(new Chart(document.getElementById(id), { data: { labels: data.periods, datasets }, options: settings }));
  }

  function plots(series) {
    charts.forEach((chart) => chart.destroy());
    charts = [];
    draw("rows", [line("rows", series.rows, "y")], options(false, { y: { title: "rows" } }, count));
    draw("changes", [
      bars("added", series.added, "added"),
      bars("changed", series.changed, "changed"),
      bars("removed", series.deleted, "removed"),
    ], options(true, { y: { title: "rows" } }, count));
    let total = 0;
    const kept = series.kept.map((bytes) => (total += bytes));
    const axes = { y: { title: "archived in the period" }, all: { title: "kept, summed", position: "right" } };
    draw("storage", [
      line("kept, of the periods shown up to here", kept, "all"),
      bars("archived and kept", series.kept, "bar"),
      bars("archived and removed since", series.gone, "quiet"),
    ], options(true, axes, size));
  }

  function cell(row, tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    if (tag === "th") {
      element.scope = "row";
    }
    row.append(element);
  }

  function table(series) {
    tbody.textContent = "";
    data.periods.forEach((period, at) => {
      if (series.archives[at] === 0) {
        return;
      }
      const row = document.createElement("tr");
      cell(row, "th", period);
      for (const key of ["archives", "removed", "rows", "added", "changed", "deleted", "unknown"]) {
        cell(row, "td", count(series[key][at]));
      }
      cell(row, "td", size(series.kept[at] + series.gone[at]));
      tbody.append(row);
    });
    const removed = sum(series.removed);
    const texts = [
      count(series.rows[series.rows.length - 1]), count(sum(series.archives) - removed), count(removed),
      size(sum(series.kept)),
    ];
    tiles.forEach((tile, i) => {
      tile.textContent = texts[i];
    });
  }

  function show() {
    const series = data.series[choice ? Number(choice.value) : 0];
    plots(series);
    table(series);
  }

  if (choice) {
    choice.addEventListener("change", show);
  }
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  window.addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize(640, 240)));
  window.addEventListener("afterprint", () => charts.forEach((chart) => chart.resize()));
  show();
})();
