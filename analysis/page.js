// Brings a rendered page to life: charts and widgets, from the data packed into the page. It asks nothing of any network.
(async () => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const print = matchMedia("print");
  const coarse = matchMedia("(pointer: coarse)");

  const bytes = (base64) =>
    Uint8Array.fromBase64 // newer and ten times faster
      ? Uint8Array.fromBase64(base64)
      : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

  async function unpacked(id) {
    const element = document.getElementById(id);
    if (!element) return null;
    const stream = new Blob([bytes(element.textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
    element.remove();
    return new Response(stream).text();
  }

  function address(text, type) {
    return URL.createObjectURL(new Blob([text], { type }));
  }

  function save(name, text) {
    const link = Object.assign(document.createElement("a"), { download: name, href: address(text, "text/csv") });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function element(name, text) {
    return Object.assign(document.createElement(name), { textContent: text });
  }

  // ---- charts

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // A figure is stored once, in colours that read on paper; the page gives it the reader's ink, light or dark.
  function inked(layout) {
    const [ink, line, surface] = [colour("--ink"), colour("--line"), colour("--surface")];
    const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, tickcolor: line };
    const painted = { ...layout, autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" };
    delete painted.width; // as wide as the page
    painted.font = { ...layout.font, color: ink };
    painted.hoverlabel = { ...layout.hoverlabel, bgcolor: surface, bordercolor: line, font: { color: ink } };
    for (const key of new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((k) => /^[xy]axis\d+$/.test(k))]))
      painted[key] = { ...layout[key], ...axis };
    if (coarse.matches) painted.dragmode = false; // a finger on a chart scrolls the page
    return painted;
  }

  function tableOf({ columns, data: rows }) {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    columns.forEach((name) => head.append(Object.assign(element("th", name), { scope: "col" })));
    const body = table.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((value) => (line.insertCell().textContent = value ?? ""));
    }
    return table;
  }

  // Numbers stand below one another, and their heading with them; a date is not broken. Columns are counted from the
  // right, since a label on the left may span several rows.
  function alignNumbers(table) {
    const rows = [...table.rows];
    const columns = Math.max(0, ...rows.map((row) => row.cells.length));
    for (let at = 1; at <= columns; at++) {
      const cells = rows.map((row) => row.cells[row.cells.length - at]).filter(Boolean);
      const filled = cells.filter((cell) => cell.textContent && !cell.closest("thead"));
      const short = filled.filter((cell) => /^[\d\W]{1,24}$/.test(cell.textContent));
      short.forEach((cell) => cell.classList.add("unbroken"));
      const numbers = filled.filter((cell) => /^[-+−]?[\d.,]*\d ?%?$|^NaN$/.test(cell.textContent));
      if (numbers.length && numbers.length === filled.length) cells.forEach((cell) => cell.classList.add("number"));
    }
    return table;
  }

  // With a byte-order mark, for Excel; a text that a spreadsheet would take for a formula gets an apostrophe.
  function csvOf({ columns, data: rows }) {
    const cell = (value) => {
      const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return "\ufeff" + [columns, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

  function giveTools(figure, plot, draw, layout, table) {
    const tools = figure.querySelector(".tools");
    const button = (label, act) => {
      const made = Object.assign(element("button", label), { type: "button" });
      made.addEventListener("click", () => act(made));
      tools.append(made);
      return made;
    };
    if (table.data.length) {
      const twin = figure.querySelector(".twin");
      const toggle = button("Table", () => {
        if (!twin.firstChild) twin.append(alignNumbers(tableOf(table)));
        twin.hidden = !twin.hidden;
        toggle.setAttribute("aria-expanded", String(!twin.hidden));
      });
      toggle.setAttribute("aria-expanded", "false");
      toggle.setAttribute("aria-controls", twin.id);
      button("CSV", () => save(`${figure.id}.csv`, csvOf(table)));
    }
    button("Picture", () => {
      const [xrange, yrange] = ["xaxis", "yaxis"].map((axis) => plot.layout[axis].range);
      const whole = inked(structuredClone(layout));
      const seen = { xaxis: { ...whole.xaxis, range: xrange }, yaxis: { ...whole.yaxis, range: yrange } };
      const picture = { data: plot.data, layout: { ...whole, ...seen, paper_bgcolor: colour("--paper") } };
      const size = { width: Math.max(plot.offsetWidth, 700), height: layout.height ?? plot.offsetHeight, scale: 2 };
      return Plotly.downloadImage(picture, { format: "png", filename: figure.id, ...size });
    });
    button("Reset view", draw);
  }

  const redraws = []; // what a change of colours or paper asks for

  // The notes under a chart become text of the page, which wraps as the page does; pictures keep them inside.
  function withoutNotes(layout) {
    const { notes_height: lower = 0 } = layout.meta ?? {};
    if (!lower) return layout;
    const height = layout.height - lower;
    const legend = { ...layout.legend, y: 1 - ((1 - (layout.legend?.y ?? 1)) * layout.height) / height };
    const annotations = layout.annotations.filter(({ name }) => name !== "notes");
    return { ...layout, annotations, height, legend, margin: { ...layout.margin, b: layout.margin.b - lower } };
  }

  async function drawChart(figure, { data, layout, table }) {
    const plot = figure.querySelector(".plot");
    const shown = withoutNotes(layout);
    const draw = () => Plotly.react(plot, data, inked(structuredClone(shown)), { responsive: true, displayModeBar: false });
    const caption = element("figcaption");
    caption.append(...(layout.meta?.notes ?? []).map((note) => element("p", note)));
    plot.after(caption);
    plot.style.minHeight = shown.height ? `${shown.height}px` : "";
    await draw();
    redraws.push(() => draw().then(() => Plotly.Plots.resize(plot)));
    giveTools(figure, plot, draw, layout, table);
  }

  // ---- widgets: the part of the widget model that a module sees, without a kernel behind it

  function standIn(state, buffers) {
    const listeners = {};
    const tell = (name, ...news) => [...(listeners[name] ?? [])].forEach((listener) => listener(...news));
    for (const { path, data } of buffers) {
      const place = path.slice(0, -1).reduce((inner, key) => inner[key], state);
      place[path.at(-1)] = new DataView(bytes(data).buffer);
    }
    const model = {
      get: (name) => state[name],
      set(name, value) {
        if (state[name] === value) return;
        state[name] = value;
        tell(`change:${name}`, model, value);
        tell("change", model);
      },
      on: (name, listener) => (listeners[name] ??= new Set()).add(listener),
      off: (name, listener) => (listener ? listeners[name]?.delete(listener) : delete listeners[name]),
      save_changes() {},
      send() {},
    };
    return model;
  }

  // What a widget holds are places in `parts`, since several may show one table.
  async function showWidget(el, { module, style, state: places, buffers: raw }) {
    const state = Object.fromEntries(Object.entries(places).map(([name, at]) => [name, structuredClone(parts[at])]));
    const buffers = raw.map(({ path, data }) => ({ path, data: parts[data] }));
    document.head.append(element("style", parts[style]));
    const { default: made } = await import(address(parts[module], "text/javascript"));
    const widget = typeof made === "function" ? await made() : made;
    const { signal } = new AbortController();
    const model = standIn(state, buffers);
    await widget.initialize?.({ model, signal });
    await widget.render({ model, el, signal });
  }

  // ---- the page

  document.querySelector("#code-toggle").addEventListener("click", ({ target }) => {
    const shown = document.body.classList.toggle("with-code");
    target.textContent = shown ? "Hide code" : "Show code";
  });
  document.querySelectorAll("main table").forEach(alignNumbers);

  function loadPlotly(source) {
    const script = Object.assign(document.createElement("script"), { src: address(source, "text/javascript") });
    return new Promise((loaded) => {
      script.onload = loaded;
      document.head.append(script);
    });
  }

  const { figures, widgets, parts } = JSON.parse(await unpacked("packed-data"));
  const plotly = await unpacked("packed-plotly");
  if (plotly) await loadPlotly(plotly);
  for (const place of document.querySelectorAll("main figure[id], main .widget")) {
    try {
      await (place.matches("figure") ? drawChart(place, figures[place.id]) : showWidget(place, widgets[place.id]));
    } catch (error) {
      place.append(element("p", `This part could not be shown: ${error.message}`));
    }
    place.dataset.ready = "";
    await new Promise((next) => setTimeout(next)); // so that the reader can scroll meanwhile
  }
  for (const setting of [dark, print]) setting.addEventListener("change", () => redraws.forEach((redraw) => redraw()));
})();
