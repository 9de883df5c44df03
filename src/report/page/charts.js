// SPDX-License-Identifier: Apache-2.0
// Draws each chart from the Vega specification behind it, in the colours of page.css; again when the colours or the
// width change. A chart that cannot be drawn keeps its text.
"use strict";
(() => {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const tokens = (name) => token(name).split(",").map((each) => each.trim());

  function guides() {
    const text = {
      labelColor: token("--quiet"), labelFont: token("--sans"), labelFontSize: 12,
      titleColor: token("--ink"), titleFont: token("--sans"), titleFontSize: 12, titleFontWeight: 600,
    };
    const axis = {
      ...text, domainColor: token("--rule"), gridColor: token("--faint"), labelLimit: 220, labelOverlap: "greedy",
      labelPadding: 5,
      tickColor: token("--rule"), tickSize: 4, titlePadding: 10,
    };
    const legend = {
      ...text, direction: "horizontal", labelLimit: 260, labelOverlap: "greedy", offset: 14, orient: "top",
      titlePadding: 6,
    };
    return { axis, legend };
  }

  // What all charts have in common; the specifications hold only what is their own.
  function config() {
    const ink = token("--ink");
    return {
      ...guides(),
      aria: false,  // the chart's own text speaks for it
      autosize: { type: "fit-x", contains: "padding" },
      padding: 2,
      background: "transparent",
      range: { category: tokens("--series"), heatmap: { scheme: tokens("--heat") } },
      signals: [
        ...["paper", "ink", "rule", "wash", "accent"].map((name) => ({ name, value: token(`--${name}`) })),
        { name: "page_width", value: 0 },  // unlike `width` it is known before the guides are laid out
      ],
      text: { fill: ink, font: token("--sans"), fontSize: 12 },
      title: { color: ink, font: token("--sans"), fontSize: 12, fontWeight: 600, anchor: "start", offset: 6 },
    };
  }

  const tooltip = document.createElement("div");
  tooltip.id = "tooltip";
  tooltip.hidden = true;
  document.body.append(tooltip);

  function place(event) {
    const { width, height } = tooltip.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - width - 6);
    const below = event.clientY + 16;
    const top = below + height > innerHeight ? event.clientY - height - 10 : below;
    tooltip.style.transform = `translate(${Math.max(left, 6)}px, ${Math.max(top, 6)}px)`;
  }

  // rows: [[name, value], ...]
  function show_tooltip(handler, event, item, rows) {
    tooltip.hidden = !Array.isArray(rows);
    if (tooltip.hidden) return;
    const list = document.createElement("dl");
    for (const [name, value] of rows) {
      const cells = [document.createElement("dt"), document.createElement("dd")];
      cells[0].textContent = name;
      cells[1].textContent = value;
      list.append(...cells);
    }
    tooltip.replaceChildren(list);
    place(event);
  }

  function width_of(chart) {
    const { min_width = 0, max_width = Infinity } = chart.spec.usermeta ?? {};
    return Math.max(min_width, Math.min(max_width, chart.box.clientWidth));
  }

  function set_width(chart) {
    chart.view.signal("page_width", chart.width).width(chart.width).run();
  }

  function draw(chart) {
    if (chart.view) chart.view.finalize();
    chart.width = width_of(chart);
    const place_of_drawing = document.createElement("div");
    chart.view = new vega.View(vega.parse(chart.spec, config(), { ast: true }), {
      container: place_of_drawing, expr: vega.expressionInterpreter, hover: true, renderer: "svg",
      tooltip: show_tooltip,
    });
    set_width(chart);
    chart.box.replaceChildren(place_of_drawing);
  }

  function fit(chart) {
    const width = width_of(chart);
    if (width === chart.width || width <= 0) return;
    chart.width = width;
    set_width(chart);
  }

  const charts = [];
  for (const box of document.querySelectorAll(".chart")) {
    const chart = { box, spec: JSON.parse(box.nextElementSibling.textContent) };
    try {
      draw(chart);
      charts.push(chart);
    } catch (error) {
      console.error(error);
    }
  }
  const draw_all = () => charts.forEach(draw);

  const sizes = new ResizeObserver(() => requestAnimationFrame(() => charts.forEach(fit)));
  for (const chart of charts) sizes.observe(chart.box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw_all);
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    draw_all();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    draw_all();
  });
})();
