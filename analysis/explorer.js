/**
 * The Explorer: one selection, every view, and the statements behind it.
 *
 * explore.py sends the rows once: days and codes as typed arrays (`_data`, described in `_info`), texts as columns. All
 * filtering and counting happens here, by the rules of count.py (a test compares the two on random selections); Python
 * is only told the `selection`. The same module runs in JupyterLab, in Voilà and in a page without a kernel.
 *
 * Order of this file: helpers, tables, selection, counts, drawing, views, evidence, downloads, the widget.
 * Text from the table reaches the document as text and attributes only, never as markup.
 */

// ---------------------------------------------------------------------------------------------------- helpers

const DAY = 86_400_000; // milliseconds
const MISSING = -2_147_483_648; // an open or unknown day, as explore.py writes it
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const FREQUENCIES = { D: "day", "W-MON": "week", MS: "month", QS: "quarter", YS: "year" };
const ROLES = { speaker: "as speaker", mentioned: "as mentioned", either: "speaking or mentioned" };
const MEASURES = ["certain", "expected", "possible"];

const figures = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const number = (value) => figures.format(value);
const dayOf = (iso) => Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY);
const dateOf = (day) => new Date(day * DAY);
const isoOf = (day) => dateOf(day).toISOString().slice(0, 10);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const shorten = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const mapped = (object, value) =>
  Object.fromEntries(Object.entries(object).map(([key, old]) => [key, value(old, key)]));

/** Days as a reader writes them: "11 Aug 2023", "11–20 Jul 2023", "by 16 Aug 2023". */
function spell(start, end = start) {
  if (start === MISSING && end === MISSING) return "no date";
  if (start === MISSING) return `by ${spell(end)}`;
  if (end === MISSING) return `from ${spell(start)}`;
  const [from, to] = [start, end].map(dateOf).map((d) => [d.getUTCDate(), MONTHS[d.getUTCMonth()], d.getUTCFullYear()]);
  if (start === end) return to.join(" ");
  const told = from[2] !== to[2] ? 3 : from[1] !== to[1] ? 2 : 1;
  return `${from.slice(0, told).join(" ")}${told > 1 ? " – " : "–"}${to.join(" ")}`;
}

/** An element, `tag.class.class`, its attributes and listeners (`onclick`, ...), its children; strings become text. */
function element(space, selector, ...rest) {
  const [tag, ...classes] = selector.split(".");
  const made = document.createElementNS(space, tag);
  if (classes.length) made.setAttribute("class", classes.join(" "));
  const given = rest[0] && Object.getPrototypeOf(rest[0]) === Object.prototype;
  for (const [key, value] of Object.entries(given ? rest.shift() : {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), shielded(value));
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...rest.filter((child) => child !== null));
  return made;
}

/** A listener whose errors are shown in the widget. */
function shielded(listener) {
  return (event) => {
    const { explorer } = event.currentTarget.closest(".explorer") ?? {};
    return explorer ? explorer.attempt(() => listener(event)) : listener(event);
  };
}

const SVG = "http://www.w3.org/2000/svg";
const h = (...parts) => element("http://www.w3.org/1999/xhtml", ...parts);
const s = (...parts) => element(SVG, ...parts);
const button = (label, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, label);
const option = (value, label) => h("option", { value }, label);

function tableOf({ columns, rows }) {
  const cell = (value) => (typeof value === "number" ? h("td.number", number(value)) : h("td", value));
  const kinds = (rows[0] ?? columns).map((value) => (typeof value === "number" ? "th.number" : "th"));
  const head = h("tr", ...columns.map((name, n) => h(kinds[n], { scope: "col" }, name)));
  return h("table", h("thead", head), h("tbody", ...rows.slice(0, 3000).map((row) => h("tr", ...row.map(cell)))));
}

// ----------------------------------------------------------------------------------------------------- tables

const ARRAYS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array };

/** A DataView's own bytes, copied: typed arrays must begin at multiples of their size. */
const bytesOf = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);

/** What Python sent: the rows of both units, the values of each filter, milestones, and the texts of the reports. */
class Tables {
  constructor(model) {
    const { arrays, values, words, texts, milestones } = model.get("_info");
    const bytes = bytesOf(model.get("_data"));
    const array = (name) => {
      const [type, start, length] = arrays[name];
      return new ARRAYS[type](bytes, start, length);
    };
    Object.assign(this, { model, words, values, texts }); // texts: null where Python keeps them and hands them out
    this.inPage = !model.widget_manager; // without a kernel the module gets a stand-in of the model
    this.unread = this.inPage && !texts; // a page of a table too large for its texts
    this.milestones = milestones.map((milestone) => ({ ...milestone, day: dayOf(milestone.date) }));
    this.codes = mapped(values, (names) => new Map(names.map((name, code) => [name, code])));
    const lists = [...Object.keys(values), "mentioned"];
    this.units = mapped({ statements: 0, reports: 0 }, (_, unit) => rowsOf(unit, lists, array));
    [this.records, this.asked, this.searches] = [new Map(), new Set(), new Map()];
  }

  /** The texts of a report, or undefined while Python is asked for them. */
  record(code) {
    if (this.texts) return mapped(this.texts, ({ values, codes }) => values[codes ? codes[code] : code]);
    if (this.unread) return { statement: "The texts of so large a table are not part of this page.", spans: [] };
    const ask = () => {
      this.model.send({ want: "texts", reports: Array.from(this.asked) });
      this.asked.clear();
    };
    if (!this.records.has(code)) {
      if (!this.asked.size) setTimeout(ask);
      this.asked.add(code);
    }
    return this.records.get(code);
  }

  /** Marks the reports whose statement holds the text, in any case. */
  reportsWith(text) {
    const needle = text.toLowerCase();
    if (this.searches.has(needle)) return this.searches.get(needle);
    const hits = new Uint8Array(this.units.reports.length);
    if (this.texts) {
      const { values, codes } = this.texts.statement;
      this.lower ??= values.map((statement) => statement.toLowerCase());
      const found = this.lower.map((statement) => statement.includes(needle));
      for (let i = 0; i < hits.length; i++) hits[i] = found[codes ? codes[i] : i];
    } else if (!this.unread) {
      clearTimeout(this.asking); // Python is asked once the typing pauses
      this.asking = setTimeout(() => this.model.send({ want: "search", text }), 250);
      this.awaited = needle;
      return hits;
    }
    if (this.searches.size > 50) this.searches.clear();
    this.searches.set(needle, hits);
    return hits;
  }

  /** Takes Python's answer: texts of some reports, or marks on the reports that a search found. */
  receive({ texts = [], found }, buffers) {
    for (const [code, record] of texts) this.records.set(code, record);
    if (found === undefined) return;
    this.searches.set(found.toLowerCase(), new Uint8Array(bytesOf(buffers[0])));
    if (found.toLowerCase() === this.awaited) this.awaited = null;
  }
}

/**
 * The rows that filters act on, in order of their first known day, undated last. `start`, `end` are days since 1970 or
 * MISSING; `lists[name]` holds the codes of row i at `codes[at[i]] .. codes[at[i + 1] - 1]`, `reports` its reports.
 */
function rowsOf(unit, lists, array) {
  const listOf = (name) => {
    const lengths = array(`${unit}.${name}.length`);
    const at = new Uint32Array(lengths.length + 1);
    for (let i = 0; i < lengths.length; i++) at[i + 1] = at[i] + lengths[i];
    return { codes: array(`${unit}.${name}`), at };
  };
  const [start, end] = [array(`${unit}.start`), array(`${unit}.end`)];
  const all = new Uint8Array(start.length).fill(1); // the mask that keeps every row
  const periods = mapped(FREQUENCIES, (_, freq) => makePeriods(array(`${unit}.${freq}`)));
  const dated = (i) => start[i] !== MISSING && end[i] >= start[i]; // closed on both sides
  const named = Object.fromEntries(lists.map((name) => [name, listOf(name)]));
  return { length: start.length, start, end, all, dated, periods, lists: named, reports: listOf("reports") };
}

/** The codes of row i in any of the lists, each once. */
function codesIn(lists, i) {
  const codes = [];
  for (const list of lists) {
    for (let k = list.at[i]; k < list.at[i + 1]; k++) if (!codes.includes(list.codes[k])) codes.push(list.codes[k]);
  }
  return codes;
}

/** `act(code)` for the codes of row i: as `codesIn`, without making a list of them. */
function eachCode(lists, i, act) {
  if (lists.length > 1) return codesIn(lists, i).forEach(act);
  const { codes, at } = lists[0];
  for (let k = at[i]; k < at[i + 1]; k++) act(codes[k]);
}

// -------------------------------------------------------------------------------------------------- selection

const FILTERS = ["actor", "affiliation", "system", "family", "position", "precision", "language", "outlet"];
const SINGLE = ["role", "text", "unit", "freq", "view"];

/** A selection without empty filters, its keys in the order that explore.py keeps. */
function tidy(selection) {
  const tidied = {};
  const period = (selection.period ?? []).map((day) => day || null);
  if (period.some(Boolean)) tidied.period = period;
  for (const key of ["actor", "role", ...FILTERS.slice(1), "text"]) {
    if (selection[key]?.length) tidied[key] = selection[key];
  }
  if (tidied.role === "speaker") delete tidied.role;
  return tidied;
}

/** `actor=A|B&period=2023-07-01..2023-10-31`, percent-encoded: the text that explore.py reads and writes. */
function formatSelection(selection) {
  const encoded = (value) => [value].flat().map((name) => encodeURIComponent(name ?? ""));
  const part = ([key, value]) => `${key}=${encoded(value).join(key === "period" ? ".." : "|")}`;
  return Object.entries(selection).map(part).join("&");
}

function parseSelection(text) {
  const parse = (part) => {
    const [key, value = ""] = part.split(/=(.*)/s);
    if (SINGLE.includes(key)) return [key, decodeURIComponent(value)];
    return [key, value.split(key === "period" ? ".." : "|").map(decodeURIComponent)];
  };
  return Object.fromEntries(text.split("&").filter(Boolean).map(parse));
}

/** Marks (1) the rows that pass every filter; several values in one filter mean any of them. */
function matching(tables, rows, selection) {
  const mask = rows.all.slice();
  for (const key of FILTERS) {
    if (!selection[key]) continue;
    const wanted = new Uint8Array(tables.values[key].length);
    for (const name of selection[key]) wanted[tables.codes[key].get(name)] = 1;
    keepListed(mask, listsOf(rows, key, selection), wanted);
  }
  if (selection.period) keepOverlapping(mask, rows, ...selection.period);
  if (selection.text) keepListed(mask, [rows.reports], tables.reportsWith(selection.text));
  return mask;
}

/** The lists that a filter looks at: an actor may speak, be mentioned, or either. */
function listsOf({ lists }, key, { role = "speaker" }) {
  if (key !== "actor") return [lists[key]];
  return { speaker: [lists.actor], mentioned: [lists.mentioned], either: [lists.actor, lists.mentioned] }[role];
}

function keepListed(mask, lists, wanted) {
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    let hit = 0;
    for (const { codes, at } of lists) for (let k = at[i]; k < at[i + 1] && !hit; k++) hit = wanted[codes[k]];
    mask[i] = hit;
  }
}

/** Rows open on one side or undated drop out: nobody knows whether they lie in the period. */
function keepOverlapping(mask, rows, from, to) {
  const [first, last] = [from ? dayOf(from) : -Infinity, to ? dayOf(to) : Infinity];
  for (let i = 0; i < mask.length; i++) {
    if (!rows.dated(i) || rows.end[i] < first || rows.start[i] > last) mask[i] = 0;
  }
}

// ----------------------------------------------------------------------------------------------------- counts

/** Periods from their first days, which Python counted; `starts` has one end more than there are. */
function makePeriods(starts) {
  const length = starts.length - 1;
  const index = new Int32Array(starts[length] - starts[0]);
  for (let p = 0; p < length; p++) index.fill(p, starts[p] - starts[0], starts[p + 1] - starts[0]);
  const of = (day) => index[Math.min(index.length - 1, Math.max(0, day - starts[0]))];
  return { starts, length, of };
}

/**
 * certain, expected and possible per period, for each of `groups` codes of `list` (one group without a list).
 * Value of period p in group g: `[g * periods.length + p]`. Rows without both days are counted in `undated`.
 */
function spread(rows, mask, periods, list = null, groups = 1) {
  const [certain, expected, possible] = MEASURES.map(() => new Float64Array(groups * periods.length));
  const { starts } = periods;
  let undated = 0;
  const add = (base, i) => {
    const [start, end] = [rows.start[i], rows.end[i]];
    const [from, to] = [periods.of(start), periods.of(end)];
    if (from === to) certain[base + from] += 1;
    for (let p = from; p <= to; p++) {
      const days = Math.min(end + 1, starts[p + 1]) - Math.max(start, starts[p]);
      expected[base + p] += days / (end - start + 1);
      possible[base + p] += 1;
    }
  };
  for (let i = 0; i < rows.length; i++) {
    if (!mask[i]) continue;
    if (!rows.dated(i)) undated += 1;
    else if (!list) add(0, i);
    else for (let k = list.at[i]; k < list.at[i + 1]; k++) add(list.codes[k] * periods.length, i);
  }
  return { certain, expected, possible, undated };
}

/** How many chosen rows carry each code, in any of the lists (once per row). */
function tally(lists, mask, size) {
  const counts = new Int32Array(size);
  const add = (code) => (counts[code] += 1);
  for (let i = 0; i < mask.length; i++) if (mask[i]) eachCode(lists, i, add);
  return counts;
}

/** The codes with the highest counts (then totals, then alphabetical); those `kept` are always among them. */
function ranked(counts, totals, limit = Infinity, kept = []) {
  const codes = Array.from(counts.keys()).filter((code) => totals[code] > 0);
  codes.sort((a, b) => counts[b] - counts[a] || totals[b] - totals[a] || a - b);
  return codes.filter((code, place) => place < limit || kept.includes(code));
}

// ---------------------------------------------------------------------------------------------------- drawing

const path = (classes, d) => s(`path.${classes}`, { d });
const rect = (classes, x, y, width, height) => s(`rect.${classes}`, { x, y, width: Math.max(0, width), height });
const text = (classes, x, y, label) => s(`text.${classes}`, { x, y }, label);
const line = (x1, y1, x2, y2) => s("line.grid", { x1, y1, x2, y2 });
const tenth = (px) => Math.round(px * 10) / 10; // ten times as fast as toFixed
const box = (left, top, right, bottom) =>
  `M${tenth(left)} ${tenth(top)}H${tenth(right)}V${tenth(bottom)}H${tenth(left)}Z`;

const shownPeriods = ({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const labelText = (name, pressed, width) => `${pressed ? "✓ " : ""}${shorten(name, Math.floor(width / 7))}`;

/** Days to pixels over the periods that are shown; `invert` goes back. */
function timeScale({ starts, from, to }, left, right) {
  const [first, end] = [starts[from], starts[to + 1]];
  const x = (day) => left + ((day - first) / (end - first)) * (right - left);
  const dayAt = (px) => Math.floor(first + ((px - left) / (right - left)) * (end - first));
  const invert = (px) => Math.min(end - 1, Math.max(first, dayAt(px)));
  return Object.assign(x, { left, right, first, end, invert });
}

/** First days of the shortest spans for which the width has room, of 1 day, 1 week, 1 to 12 months: [day, label]. */
function timeTicks({ periods }, { first, end, left, right }) {
  const room = Math.max(2, Math.floor((right - left) / 60));
  const [days, weeks, months] = ["D", "W-MON", "MS"].map((freq) =>
    Array.from(periods[freq].starts).filter((day) => day >= first && day < end),
  );
  const every = (step) => months.filter((day) => dateOf(day).getUTCMonth() % step === 0);
  const spans = [days, weeks, ...[1, 2, 3, 6, 12].map(every)];
  const ticks = spans.find((found) => found.length <= room) ?? spans.at(-1);
  const thinned = Math.ceil(ticks.length / room); // 1, but for more years than there is room for
  return ticks
    .filter((_, i) => i % thinned === 0)
    .map((day, i) => {
      const [date, month, year] = spell(day).split(" ");
      const name = [days, weeks].includes(ticks) ? `${date} ${month}` : month === "Jan" ? year : month;
      return [day, i === 0 && !name.includes(year) ? `${name} ${year}` : name];
    });
}

/** Ticks with their labels, and milestones: a head on the axis each, and lines where there are few. */
function timeAxis(app, x, top, bottom) {
  const ticks = timeTicks(app.rows, x).flatMap(([day, label]) => [
    line(x(day), top, x(day), bottom + 4),
    text("tick.middle", Math.min(x.right - 12, Math.max(x.left + 14, x(day))), bottom + 19, label),
  ]);
  const days = app.milestonesIn(x.first, x.end).map(({ day }) => tenth(x(day)));
  const lines = days.length > 15 ? "" : days.map((px) => `M${px} ${top}V${bottom}`).join("");
  const heads = days.map((px) => `M${px - 3} ${bottom + 6}l3 -6l3 6z`).join("");
  return [...ticks, path("milestone", lines), path("milestone-head", heads)];
}

/** What a chart of periods draws of some codes: the chosen rows, all rows behind them, and the end of its scale. */
function layersOf(app, key, codes) {
  const { from, to, length } = app.axis;
  const highest = ({ possible }) => {
    const shown = codes.map((code) => possible.subarray(code * length + from, code * length + to + 1));
    return shown.reduce((most, series) => series.reduce((a, b) => Math.max(a, b), most), 1);
  };
  const [chosen, whole] = [app.seriesOf(key), app.wholeOf(key)];
  const [most, all] = [chosen, whole].map(highest);
  const against = app.against ?? all <= 4 * most; // a small selection would be flat before all
  return { against, max: against ? all : most, chosen, whole };
}

/** Grey for all rows, solid up to certain, band up to possible, line at expected; a number to pixels by `y`. */
function drawSeries({ starts, from, to, length }, { against, chosen, whole }, code, x, y) {
  const d = { all: "", possible: "", certain: "", expected: "" };
  for (let p = from; p <= to; p++) {
    const at = code * length + p;
    const [left, right] = [x(starts[p]), x(starts[p + 1])];
    const gap = right - left > 4 ? 0.5 : 0;
    const bar = (top, bottom) => (top < bottom ? box(left + gap, top, right - gap, bottom) : "");
    const [certain, expected, possible] = MEASURES.map((measure) => y(chosen[measure][at]));
    if (against) d.all += bar(y(whole.possible[at]), y(0));
    d.certain += bar(certain, y(0));
    d.possible += bar(possible, certain);
    d.expected += `${p > from ? "L" : "M"}${tenth((left + right) / 2)} ${tenth(expected)}`;
  }
  return Object.entries(d).map((shape) => path(...shape));
}

/** A mark that filters by the names it picks when it is clicked, or chosen by Enter or space; `walk` moves the focus. */
function choice(app, pick, label, ...marks) {
  const [key, pressed] = [Object.values(pick).join("|"), `${app.picks(pick)}`];
  const attributes = { role: "button", tabindex: -1, "data-key": key, "aria-label": label, "aria-pressed": pressed };
  return s("g.choice", { ...attributes, onclick: () => app.pick(pick) }, s("title", label), ...marks);
}

/** Whole-number ticks from 0 to at least `max`, not more than `room` steps. */
function niceTicks(max, room) {
  let [step, next] = [1, 0];
  while (max / step > room) step *= [2, 2.5, 2][next++ % 3]; // 1, 2, 5, 10, ...
  return Array.from({ length: Math.max(1, Math.ceil(max / step)) + 1 }, (_, i) => i * step);
}

// ------------------------------------------------------------------------------------------------------ views
// A view has `title(app)`, `note(app)`, a `legend`, `table(app)` (its numbers: the table twin, and what the tests
// compare) and `draw(app, svg, width)`, which returns the height and leaves in `svg.plot` what brush and hover need.

/** What the charts of periods share; `codes` of the filter `key` each have a series (without a key there is one). */
const periodsView = (key, name, codes) => ({
  title: (app) => `${app.words[name ?? app.unit]} a ${FREQUENCIES[app.freq]}`,
  note: undatedNote,
  legend: [...MEASURES, "all"],
  codes,
  table(app) {
    const { axis, values } = app;
    const series = app.seriesOf(key);
    const row = (code, p) => MEASURES.map((measure) => series[measure][code * axis.length + p]);
    const names = (code, p) => [isoOf(axis.starts[p]), ...(key ? [values[key][code]] : [])];
    const rowsOf = (code) => shownPeriods(axis).map((p) => [...names(code, p), ...row(code, p)]);
    return { columns: ["period", ...(key ? [app.words[key]] : []), ...MEASURES], rows: codes(app).flatMap(rowsOf) };
  },
});

const frequencyView = {
  ...periodsView(undefined, undefined, () => [0]),
  draw(app, svg, width) {
    const { axis } = app;
    const [top, bottom] = [10, app.view === "frequency" ? 296 : 216];
    const x = timeScale(axis, 34, width - 10);
    const layers = layersOf(app, undefined, [0]);
    const ticks = niceTicks(layers.max, 5);
    const y = (value) => bottom - (value / ticks.at(-1)) * (bottom - top);
    for (const tick of ticks) {
      svg.append(line(x.left, y(tick), x.right, y(tick)), text("tick.end", 29, y(tick) + 4, number(tick)));
    }
    svg.append(...timeAxis(app, x, top, bottom), ...drawSeries(axis, layers, 0, x, y));
    svg.plot = { x, top, bottom, against: layers.against, tip: (day) => app.tipOfPeriod(axis.of(day)) };
    return bottom + 26;
  },
};

/** Bars of one filter's values: grey for all, solid for the selection. */
const barsView = (key, title) => ({
  title,
  legend: ["selected", "all"],
  note(app) {
    const rest = app.totalsOf(key).filter(Boolean).length - this.shown;
    return rest > 0 ? `${number(rest)} more: type a name above.` : "";
  },
  table(app) {
    const [counts, totals] = [app.countsOf(key), app.totalsOf(key)];
    const rows = ranked(counts, totals).map((code) => [app.values[key][code], counts[code], totals[code]]);
    return { columns: [app.words[key], "selected", "all"], rows };
  },
  draw(app, svg, width) {
    const [counts, totals] = [app.countsOf(key), app.totalsOf(key)];
    const codes = ranked(counts, totals, app.view === "overview" ? 10 : 30, app.chosenCodes(key));
    this.shown = codes.length;
    const label = Math.min(190, width * 0.45);
    const max = Math.max(1, ...codes.map((code) => totals[code]));
    const x = (value) => label + 8 + (value / max) * (width - label - 80);
    for (const [i, code] of codes.entries()) {
      const [name, y] = [app.values[key][code], 4 + i * 24];
      const of = [counts, totals].map((all) => number(all[code]));
      const marks = [
        rect("hit", 0, y, width, 23),
        text("label.end", label, y + 16, labelText(name, app.has(key, name), label)),
        path("all", box(x(0), y + 4, x(totals[code]), y + 20)),
        path("certain", box(x(0), y + 4, x(counts[code]), y + 20)),
        text("tick", x(totals[code]) + 5, y + 16, app.filtered ? of.join(" / ") : of[0]),
      ];
      svg.append(choice(app, { [key]: name }, `${name}: ${of.join(" of ")} ${app.unit}`, ...marks));
    }
    return codes.length * 24 + 8;
  },
});

/** Lanes: at the left of each a name with its number, which filters; at the right what `marks` draws over time. */
function drawLanes(app, svg, width, key, codes, laneHeight, marks) {
  const label = Math.min(190, width * 0.36);
  const [top, bottom] = [4, 4 + codes.length * laneHeight];
  const x = timeScale(app.axis, label + 8, width - 10);
  svg.append(...timeAxis(app, x, top, bottom));
  for (const [i, code] of codes.entries()) {
    const [name, count] = [app.values[key][code], number(app.countsOf(key)[code])];
    const y = top + i * laneHeight;
    const shown = `${labelText(name, app.has(key, name), label - 36)} ${count}`;
    const hit = rect("hit", 0, y, label + 4, laneHeight - 1);
    const head = [hit, text("label.end", label, y + laneHeight / 2 + 4, shown)];
    const ground = line(x.left, y + laneHeight, x.right, y + laneHeight);
    svg.append(choice(app, { [key]: name }, `${name}: ${count} ${app.unit}`, ...head), ground);
    svg.append(...marks(code, x, y, y + laneHeight));
  }
  svg.plot = { x, top, bottom, lane: (py) => codes[Math.floor((py - top) / laneHeight)] };
  return bottom + 26;
}

const positionsView = {
  ...periodsView("position", "positions", (app) => Array.from(app.values.position.keys())),
  draw(app, svg, width) {
    const codes = this.codes(app);
    const layers = layersOf(app, "position", codes);
    const height = drawLanes(app, svg, width, "position", codes, 34, (code, x, top, bottom) => {
      const y = (count) => bottom - (count / layers.max) * (bottom - top - 4);
      return drawSeries(app.axis, layers, code, x, y);
    });
    svg.plot.against = layers.against;
    svg.plot.tip = (day, py) => app.tipOfPeriod(app.axis.of(day), "position", svg.plot.lane(py));
    return height;
  },
};

/** Each statement a mark at its interval: a day is a dot, a longer interval a bar. Marks on one pixel are one. */
const timelineView = {
  title: () => "Timeline",
  note: (app) => `A dot is a day, a bar an interval. ${undatedNote(app)}`,
  legend: [],
  codes(app) {
    const counts = app.countsOf("actor");
    return ranked(counts, counts, app.view === "overview" ? 10 : 24, app.chosenCodes("actor"));
  },
  table(app) {
    const { start, end } = app.rows;
    const row = (code, i) => [app.values.actor[code], isoOf(start[i]), isoOf(end[i])];
    const rows = this.codes(app).flatMap((code) => app.rowsOf(code).map((i) => row(code, i)));
    return { columns: [app.words.actor, "start", "end"], rows };
  },
  draw(app, svg, width) {
    const { start, end } = app.rows;
    const height = drawLanes(app, svg, width, "actor", this.codes(app), 22, (code, x, top, bottom) => {
      const middle = (top + bottom) / 2;
      const [dots, spans] = [new Set(), new Set()];
      for (const i of app.rowsOf(code)) {
        const [from, to] = [Math.max(x.left, Math.round(x(start[i]))), Math.min(x.right, Math.round(x(end[i] + 1)))];
        if (start[i] === end[i]) dots.add(`M${from - 3} ${middle}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`);
        else spans.add(`M${from} ${middle - 2}H${Math.max(to, from + 5)}v4H${from}z`);
      }
      return [path("span", [...spans].join("")), path("dot", [...dots].join(""))];
    });
    svg.plot.tip = (day, py, slack) => app.tipOfRows(svg.plot.lane(py), day, slack);
    return height;
  },
};

const matrixView = {
  title: (app) => `${app.words.actors} × ${app.words.systems.toLowerCase()}`,
  note: (app) => `${app.words[app.unit]} in which both stand; a click keeps the pair.`,
  legend: ["selected", "all"],
  label: (app) => Math.min(170, app.widthOf("matrix") * 0.36),
  cells(app) {
    const room = Math.floor((app.widthOf("matrix") - this.label(app) - 100) / 28);
    const limits = app.view === "overview" ? [10, Math.min(10, room)] : [24, Math.min(20, room)];
    const [actors, systems] = ["actor", "system"].map((key, n) => {
      return ranked(app.countsOf(key), app.totalsOf(key), Math.max(3, limits[n]), app.chosenCodes(key));
    });
    const totals = () => app.pairs(actors, systems, app.rows.all);
    const all = app.once(app.kept, `pairs ${app.unit} ${app.selection.role} ${actors} ${systems}`, totals);
    return { actors, systems, counts: app.pairs(actors, systems, app.mask), all };
  },
  table(app) {
    const { actors, systems, counts, all } = this.cells(app);
    const names = actors.flatMap((a) => systems.map((b) => [app.values.actor[a], app.values.system[b]]));
    const rows = names.map((pair, i) => [...pair, counts[i], all[i]]);
    return { columns: [app.words.actor, app.words.system, "selected", "all"], rows };
  },
  draw(app, svg, width) {
    const { actors, systems, counts, all } = this.cells(app);
    const names = systems.map((code) => app.values.system[code]);
    const reach = Math.min(20, Math.max(0, ...names.map((name) => name.length))); // of a slanted name, in letters
    const [label, head, cell] = [this.label(app), 16 + reach * 4.9, 26];
    const column = Math.min(60, (width - label - 14 - reach * 4.2) / Math.max(1, systems.length));
    const [most, mostOfAll] = [counts, all].map((numbers) => Math.max(1, ...numbers));
    svg.columns = systems.length;
    for (const [n, name] of names.entries()) {
      const transform = `translate(${label + 10 + (n + 0.5) * column} ${head - 6}) rotate(-50)`;
      svg.append(s("text.label", { transform }, s("title", name), labelText(name, app.has("system", name), 140)));
    }
    for (const [i, count] of counts.entries()) {
      const [row, n] = [Math.floor(i / systems.length), i % systems.length];
      const [actor, system] = [app.values.actor[actors[row]], names[n]];
      const [x, y] = [label + 8 + n * column, head + row * cell];
      if (n === 0) svg.append(text("label.end", label, y + 17, labelText(actor, app.has("actor", actor), label)));
      const marks = [rect("cell", x, y, column - 2, cell - 2)];
      const shade = (kind, opacity) => {
        marks.push(rect(kind, x, y, column - 2, cell - 2));
        marks.at(-1).setAttribute("fill-opacity", opacity);
      };
      if (all[i]) shade("all", all[i] / mostOfAll);
      if (count) shade("deep", 0.1 + (0.9 * count) / most);
      if (count) marks.push(text("middle", x + column / 2 - 1, y + 16, number(count)));
      const told = `${actor}, ${system}: ${number(count)} of ${number(all[i])} ${app.unit}`;
      svg.append(choice(app, { actor, system }, told, ...marks));
    }
    return head + actors.length * cell + 6;
  },
};

const VIEWS = {
  frequency: frequencyView,
  actors: barsView("actor", (app) => `${app.words.actors} ${ROLES[app.selection.role ?? "speaker"]}`),
  systems: barsView("system", (app) => app.words.systems),
  positions: positionsView,
  matrix: matrixView,
  timeline: timelineView,
};
const NEEDS = { actors: "actor", systems: "system", positions: "position", matrix: "actor system", timeline: "actor" };

function undatedNote({ series, unit }) {
  const { undated } = series;
  return undated ? `Not drawn (no date, or open on one side): ${number(undated)} of the ${unit}.` : "";
}

/** The three numbers of a series at one place, or the one that they all are. */
function boundsText(series, at) {
  const [certain, expected, possible] = MEASURES.map((measure) => number(series[measure][at]));
  return certain === possible ? certain : `${certain} certain, ${expected} expected, ${possible} possible`;
}

// --------------------------------------------------------------------------------------------------- evidence

const BATCH = 20; // rows that are added to the list at once

/** The statements behind the selection, each with its reports; the list grows as it is scrolled. */
class Evidence {
  constructor(app) {
    this.app = app;
    const name = "Statements behind the selection";
    this.list = h("div.list", { role: "list", tabindex: 0, "aria-label": name, onscroll: () => this.scroll() });
    const orders = [option("newest", "newest first"), option("oldest", "oldest first")];
    this.sort = h("select", { "aria-label": "Order of the list", onchange: () => this.update() }, ...orders);
    this.empty = h("p.empty"); // stands in place of an empty list, but above the charts
    const save = button("Save rows as CSV", () => app.saveRows());
    this.element = h("section.evidence", h("header", h("h3", name), h("div.tools", this.sort, save)), this.list);
  }

  /** Rows come in order of their first known day, undated last; "newest first" turns the part with a day around. */
  update() {
    const { chosen, rows } = this.app;
    const undated = chosen.findIndex((i) => rows.start[i] === MISSING && rows.end[i] === MISSING);
    const known = undated < 0 ? chosen.length : undated;
    const newest = () => [...chosen.slice(0, known).reverse(), ...chosen.slice(known)];
    this.order = this.sort.value === "newest" ? newest() : chosen;
    [this.shown, this.open] = [0, new Set()];
    this.show();
    if (this.scrolled) this.list.scrollTop = 0; // to set it always would lay the page out once more at each change
    this.scrolled = false;
  }

  show() {
    const { app, list, empty } = this;
    list.replaceChildren();
    list.hidden = !this.order.length;
    empty.hidden = !list.hidden;
    if (empty.hidden) return this.grow();
    if (app.tables.awaited) return empty.replaceChildren("searching …");
    const undo = button("Take back the last step", () => app.undoButton.click(), { disabled: !app.past.length });
    const everything = button("Show everything", () => app.select({}));
    return empty.replaceChildren("Nothing passes all of these filters. ", undo, " ", everything);
  }

  /** Adds rows, in a block of their own, which the browser can lay out without the others. */
  grow() {
    const from = this.shown;
    this.shown += BATCH;
    const articles = this.order.slice(from, this.shown).map((row, i) => this.article(row, from + i));
    this.list.append(h("div.batch", ...articles));
  }

  scroll() {
    const { list, shown, order } = this;
    this.scrolled = true;
    if (list.scrollTop + 2 * list.clientHeight >= list.scrollHeight && shown < order.length) this.grow();
  }

  /** Rows that waited for their texts are made anew. */
  fill() {
    for (const item of this.list.querySelectorAll(".item:has(.waiting)")) this.renew(item);
  }

  renew(item) {
    const place = Number(item.getAttribute("aria-posinset")) - 1;
    const article = this.article(this.order[place], place);
    item.replaceWith(article);
    return article;
  }

  toggle(item, row) {
    if (!this.open.delete(row)) this.open.add(row);
    this.renew(item).querySelector("button").focus();
  }

  article(row, place) {
    const { app } = this;
    const { start, end, reports } = app.rows;
    const codes = Array.from(reports.codes.slice(reports.at[row], reports.at[row + 1]));
    const [first, open] = [app.tables.record(codes[0]), this.open.has(row)];
    const names = (key) => app.namesOf(row, key).join(", ");
    const label = `${number(codes.length)} ${codes.length === 1 ? "report" : "reports"} ${open ? "▾" : "▸"}`;
    const position = { role: "listitem", "aria-posinset": place + 1, "aria-setsize": this.order.length };
    const line = h(
      "div.line",
      h("strong", spell(start[row], end[row])),
      first?.date ? h("span.quiet", `“${first.date}”`) : null,
      h("strong.who", names("actor") || "no speaker"),
      h("span.quiet", names("affiliation")),
      ...app.namesOf(row, "system").map((system) => h("span.tag", system)),
      h("span.quiet", names("position")),
      button(label, ({ target }) => this.toggle(target.closest(".item"), row), { "aria-expanded": `${open}` }),
    );
    const below = open ? h("ul", ...codes.map((code) => h("li", ...this.report(code)))) : null;
    return h("div.item", position, line, first ? sentence(first) : h("p.waiting", "loading …"), below);
  }

  report(code) {
    const record = this.app.tables.record(code);
    if (!record) return [h("p.waiting", "loading …")];
    if (!record.id) return [sentence(record)];
    const { start, end, lists } = this.app.units.reports;
    const actors = codesIn([lists.actor], code).map((actor) => this.app.values.actor[actor]);
    const page = record.published ? `page of ${record.published}` : "page without date";
    const quoted = (printed) => (printed ? `“${printed}”` : "none printed");
    const why = { date: record.date_rule, actor: record.actor_rule, event: record.event_rule };
    const facts = [
      `Date: ${quoted(record.date)}, ${page} → ${spell(start[code], end[code])}`,
      `Speaker: ${quoted(record.speaker)} → ${actors.join(", ") || "unknown"}`,
      ...Object.keys(why).map((what) => why[what] && `Why this ${what}: ${why[what]}`),
    ];
    const source = [record.outlet, record.language && `(${record.language})`, record.id].filter(Boolean).join(" ");
    const quiet = facts.filter(Boolean).map((fact) => h("div.quiet", fact));
    return [h("div", h("strong", source), " ", link(record.url)), sentence(record), ...quiet];
  }
}

/** The sentence with its systems marked where they were found; spans count characters, as Python does. */
function sentence({ statement, spans }) {
  const characters = Array.from(statement);
  const slice = (from, to) => characters.slice(from, to).join("");
  const parts = [];
  let at = 0;
  for (const [start, stop, name] of spans) {
    if (start < at) continue;
    parts.push(slice(at, start), h("mark", { title: name }, slice(start, stop)));
    at = stop;
  }
  return h("p.statement", ...parts, slice(at));
}

/** A link to the source, for http and https only; any other address is left out. */
function link(address) {
  if (!/^https?:\/\//i.test(address)) return null;
  return h("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, "source ↗");
}

// -------------------------------------------------------------------------------------------------- downloads

function save(name, blob) {
  const anchor = h("a", { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it, which makes it text. */
function csvCell(value) {
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvLine = (row) => `${row.map(csvCell).join(",")}\r\n`;

const INK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray"];
const DRAWN = [...INK, "font-size", "font-weight", "font-family", "text-anchor"];

/** The chart as an SVG file: styles written out, what it shows and for which selection above it. */
function pictureOf(svg, lines) {
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
  const head = 14 + lines.length * 18;
  const copy = svg.cloneNode(true);
  const drawn = svg.querySelectorAll("*");
  for (const [i, mark] of copy.querySelectorAll("*").entries()) {
    const style = getComputedStyle(drawn[i]);
    for (const name of DRAWN) mark.style.setProperty(name, style.getPropertyValue(name));
  }
  const { color, fontFamily, backgroundColor } = getComputedStyle(svg.closest(".explorer"));
  const font = { x: 8, fill: color, "font-family": fontFamily };
  const place = (i) => ({ y: 20 - head + i * 18, "font-size": i ? 12 : 15 });
  const titles = lines.map((title, i) => s("text", { ...font, ...place(i) }, shorten(title, Math.floor(width / 6))));
  const size = { width, height: height + head };
  const paper = s("rect", { ...size, y: -head, fill: backgroundColor });
  const viewBox = `0 ${-head} ${width} ${height + head}`;
  const picture = s("svg", { ...size, viewBox }, paper, ...titles, ...copy.childNodes);
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
}

async function pngOf(picture) {
  const image = new Image();
  image.src = URL.createObjectURL(picture);
  await image.decode();
  const [width, height] = [image.width * 2, image.height * 2];
  const canvas = h("canvas", { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

// ------------------------------------------------------------------------------------------------- the widget

const USUAL = { unit: "statements", freq: "MS", view: "overview" };
const TRAITS = ["selection", ...Object.keys(USUAL)];
const KEY = { certain: "solid: certain", possible: "band: possible", expected: "line: expected" };
const LEGEND = { ...KEY, selected: "colour: selected", all: "grey: all" };

class Explorer {
  constructor(model, root) {
    [this.model, this.root, this.tables] = [model, root, new Tables(model)];
    const { words, values, codes, units, inPage } = this.tables;
    Object.assign(this, { words, values, codes, units, inPage });
    [this.past, this.future] = [[], []];
    this.widths = {}; // of the views, in pixels, as the ResizeObserver told them
    this.kept = new Map(); // what depends on the table only: totals, whole series
    this.against = null; // whether all rows stand behind the series; null: where the scale allows it
    this.selection = tidy(model.get("selection"));
    for (const name of Object.keys(USUAL)) this[name] = model.get(name);
    this.count();
    this.build();
  }

  /** Shows what there is, and listens to Python, the page's address and the width; returns what ends that. */
  start() {
    const { model } = this;
    const listeners = {
      "change:period": () => this.speaking || this.change("period", model.get("period") ?? []),
      "msg:custom": (message, buffers) => {
        this.tables.receive(message, buffers);
        this.attempt(() => (message.found === undefined ? this.evidence.fill() : this.update()));
      },
    };
    for (const name of TRAITS) listeners[`change:${name}`] = () => this.adopt();
    for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
    const address = () => this.attempt(() => this.adoptAddress());
    if (this.inPage) window.addEventListener("hashchange", address);
    const watcher = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        if (contentRect.width) this.widths[target.dataset.view] = Math.floor(contentRect.width);
      }
      requestAnimationFrame(() => this.attempt(() => this.draw()));
    });
    for (const target of [...this.views.children, this.strip.parentElement]) watcher.observe(target);
    this.update();
    if (this.inPage && location.hash.includes("=")) address();
    return () => {
      for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
      window.removeEventListener("hashchange", address);
      watcher.disconnect();
    };
  }

  // -- what the views ask for

  widthOf = (view) => this.widths[view] ?? 600;
  chosenIn = (key) => this.selection[key] ?? [];
  has = (key, name) => this.chosenIn(key).includes(name);
  chosenCodes = (key) => this.chosenIn(key).map((name) => this.codes[key].get(name));
  namesOf = (row, key) => codesIn([this.rows.lists[key]], row).map((code) => this.values[key][code]);

  /** First and last day of the whole table. */
  span = ({ starts, length } = this.rows.periods.D) => [isoOf(starts[0]), isoOf(starts[length] - 1)];

  once(store, key, compute) {
    if (!store.has(key)) store.set(key, compute());
    return store.get(key);
  }

  count() {
    const { selection } = this;
    const rows = this.units[this.unit];
    this.rows = rows;
    this.filtered = Object.keys(selection).length > 0;
    this.counted = new Map(); // what depends on the selection too
    const all = rows.periods[this.freq]; // of these, `from` and `to` are the first and last that touch the period
    const [from, to] = this.chosenIn("period").map((day) => day && all.of(dayOf(day)));
    this.axis = { ...all, from: from ?? 0, to: to ?? all.length - 1 };
    this.mask = matching(this.tables, rows, selection);
    this.chosen = [];
    this.reports = 0;
    for (let i = 0; i < rows.length; i++) {
      if (!this.mask[i]) continue;
      this.chosen.push(i);
      this.reports += rows.reports.at[i + 1] - rows.reports.at[i];
    }
    this.series = this.seriesOf();
  }

  /** certain, expected and possible per period: of all rows together, or for each value of a filter. */
  spreadOf = (mask, key) => spread(this.rows, mask, this.axis, this.rows.lists[key], this.values[key]?.length);
  seriesOf = (key) => this.once(this.counted, `series ${key}`, () => this.spreadOf(this.mask, key));
  wholeOf = (key) =>
    this.once(this.kept, `series ${key} ${this.unit} ${this.freq}`, () => this.spreadOf(this.rows.all, key));

  tallyOf = (key, mask) => tally(listsOf(this.rows, key, this.selection), mask, this.values[key].length);
  countsOf = (key) => this.once(this.counted, key, () => this.tallyOf(key, this.mask));
  totalsOf = (key) =>
    this.once(this.kept, `totals ${key} ${this.unit} ${this.selection.role}`, () => this.tallyOf(key, this.rows.all));

  /** The dated rows of an actor of the timeline that lie in the periods shown. */
  rowsOf(actor) {
    const lanes = this.once(this.counted, `timeline ${this.view}`, () => {
      const { rows, axis } = this;
      const found = [];
      for (const code of timelineView.codes(this)) found[code] = [];
      const [first, end] = [axis.starts[axis.from], axis.starts[axis.to + 1]];
      const speaking = listsOf(rows, "actor", this.selection);
      for (const i of this.chosen) {
        if (!rows.dated(i) || rows.end[i] < first || rows.start[i] >= end) continue;
        eachCode(speaking, i, (code) => found[code]?.push(i));
      }
      return found;
    });
    return lanes[actor];
  }

  /** Rows in which actor and system both stand, for the given codes: actor by actor. */
  pairs(actors, systems, mask) {
    const counts = new Int32Array(actors.length * systems.length);
    const [actorAt, systemAt] = ["actor", "system"].map((key) => new Int32Array(this.values[key].length).fill(-1));
    for (const [place, code] of actors.entries()) actorAt[code] = place;
    for (const [place, code] of systems.entries()) systemAt[code] = place;
    const speaking = listsOf(this.rows, "actor", this.selection);
    const { codes, at } = this.rows.lists.system;
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i] || at[i] === at[i + 1]) continue;
      eachCode(speaking, i, (code) => {
        const row = actorAt[code] * systems.length;
        for (let k = at[i]; k < at[i + 1] && row >= 0; k++) {
          const place = systemAt[codes[k]];
          if (place >= 0) counts[row + place] += 1;
        }
      });
    }
    return counts;
  }

  /** Milestones on the axis; with systems chosen, only those of these systems and those of none. */
  milestonesIn(first, end) {
    const wanted = this.selection.system;
    const concerns = ({ systems }) => !wanted || !systems.length || systems.some((name) => wanted.includes(name));
    return this.tables.milestones.filter((stone) => stone.day >= first && stone.day < end && concerns(stone));
  }

  tipOfPeriod(p, key, code) {
    const day = this.axis.starts[p];
    const [, month, year] = spell(day).split(" ");
    const names = { D: spell(day), "W-MON": `week of ${spell(day)}`, MS: `${month} ${year}`, YS: year };
    const period = names[this.freq] ?? `${year}, quarter ${Math.floor(MONTHS.indexOf(month) / 3) + 1}`;
    const at = (code ?? 0) * this.axis.length + p;
    const [chosen, all] = [this.seriesOf(key), this.wholeOf(key)].map((series) => boundsText(series, at));
    const name = key ? `, ${this.values[key][code]}` : "";
    return `${period}${name}: ${chosen}${chosen === all ? "" : `\nof ${all} in all`}`;
  }

  tipOfRows(actor, day, slack) {
    const { start, end, reports } = this.rows;
    const near = this.rowsOf(actor).filter((i) => start[i] - slack <= day && end[i] + slack >= day);
    const lines = near.slice(0, 3).map((i) => {
      const { date = "", statement = "", outlet = "" } = this.tables.record(reports.codes[reports.at[i]]) ?? {};
      const parts = [spell(start[i], end[i]), date && `(“${date}”)`, shorten(statement, 140), outlet];
      return parts.filter(Boolean).join(" ");
    });
    return [...lines, ...(near.length > 3 ? [`and ${number(near.length - 3)} more`] : [])].join("\n");
  }

  // -- changing the selection

  /** Takes a new selection from the widget's own controls. Quick changes of one control are one step of undo. */
  select(selection, control = null) {
    const next = tidy(selection);
    if (same(next, this.selection)) return;
    const now = performance.now();
    if (!control || control !== this.control || now - this.changed > 1500) this.past.push(this.selection);
    [this.control, this.changed, this.future] = [control, now, []];
    this.set("selection", next);
  }

  change(key, value, control = null) {
    this.select({ ...this.selection, [key]: value }, control);
  }

  /** Adds a name to a filter, or takes it away. */
  toggle(key, name) {
    const names = this.chosenIn(key);
    this.change(key, this.has(key, name) ? names.filter((other) => other !== name) : [...names, name]);
  }

  /** Whether the names that a mark stands for are chosen: a pair of names, when it is alone. */
  picks(names) {
    const pair = Object.keys(names).length > 1;
    return Object.entries(names).every(([key, name]) =>
      pair ? same(this.chosenIn(key), [name]) : this.has(key, name),
    );
  }

  pick(names) {
    const [entry, other] = Object.entries(names);
    if (!other) this.toggle(...entry);
    else this.select({ ...this.selection, ...mapped(names, (name) => (this.picks(names) ? [] : [name])) });
  }

  /** Undo; with the two stacks exchanged, redo. */
  step(from, to) {
    if (!from.length) return;
    to.push(this.selection);
    this.control = null;
    this.set("selection", from.pop());
  }

  /** Changes selection, unit, freq or view; Python, or the address, is told after a pause (a drag is one message). */
  set(name, value) {
    this[name] = value;
    this.update();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(), 120);
  }

  tell() {
    this.speaking = true; // the model calls back at each `set`
    for (const name of TRAITS) this.model.set(name, this[name]);
    this.model.set("period", this.chosenIn("period"));
    this.speaking = false;
    this.model.save_changes();
    if (this.inPage) history.replaceState(null, "", `#${this.text()}`);
  }

  /** The selection as text; unit, period length and view stand in it where they are not the usual ones. */
  text() {
    const settings = Object.keys(USUAL).filter((name) => this[name] !== USUAL[name]);
    return formatSelection({ ...this.selection, ...Object.fromEntries(settings.map((name) => [name, this[name]])) });
  }

  /** Takes what Python set; the echo of what the widget itself told changes nothing. */
  adopt() {
    if (this.speaking) return;
    const selection = tidy(this.model.get("selection"));
    const settings = Object.keys(USUAL).filter((name) => this[name] !== this.model.get(name));
    for (const name of settings) this[name] = this.model.get(name);
    if (!same(selection, this.selection)) this.past.push(this.selection);
    else if (!settings.length) return;
    this.selection = selection;
    this.update();
  }

  /** Takes the selection of a page's address; what the table does not have is named and left out. */
  adoptAddress() {
    const { unit, freq, view, ...selection } = parseSelection(location.hash.slice(1));
    const unknown = [];
    for (const key of FILTERS.filter((name) => selection[name])) {
      const missing = selection[key].filter((name) => !this.codes[key].has(name));
      unknown.push(...missing.map((name) => `${key} “${name}”`));
      selection[key] = selection[key].filter((name) => !missing.includes(name));
    }
    if (unit in this.units) this.unit = unit;
    if (freq in FREQUENCIES) this.freq = freq;
    if (view in VIEWS || view === "statements") this.view = view;
    this.selection = tidy(selection);
    this.update();
    if (unknown.length) this.complain(`The address names what this table does not have: ${unknown.join(", ")}.`);
  }

  // -- the document

  build() {
    const { words, root, tables, values } = this;
    this.id = `explorer-${Math.random().toString(36).slice(2, 8)}`;
    this.status = h("p.status", { role: "status" });
    this.alert = h("p.alert", { role: "alert", hidden: true });
    this.tip = h("div.tip", { hidden: true });
    this.chips = h("div.chips");
    this.undoButton = button("Undo", () => this.step(this.past, this.future));
    this.redoButton = button("Redo", () => this.step(this.future, this.past));
    this.resetButton = button("Reset", () => this.select({}));
    const copy = button("Copy selection", () => this.copy());
    const placeholder = tables.unread ? "texts are not in this page" : "word or phrase";
    const oninput = () => this.change("text", this.search.value.trim(), "text");
    this.search = h("input", { type: "search", placeholder, disabled: tables.unread, oninput });
    this.evidence = new Evidence(this);
    // A view is offered where the table has values for it.
    const offered = Object.keys(VIEWS).filter((name) => !NEEDS[name]?.split(" ").some((key) => !values[key].length));
    this.sections = offered.map((name) => this.section(name, VIEWS[name]));
    const hide = () => (this.tip.hidden = true);
    const onpointermove = (event) => this.hover(event);
    const pointers = { onpointermove, onpointerleave: hide, onkeydown: (event) => this.walk(event) };
    this.views = h("div.views", pointers, ...this.sections.map((section) => section.element));
    const pickers = (...keys) => keys.filter((key) => values[key].length).map((key) => this.picker(key));
    const role = this.setting("role", ROLES, `${words.actors} count`, (value) => this.change("role", value));
    const more = h("div.filters", ...pickers("affiliation", "family", "precision", "language", "outlet"));
    const unit = this.setting("unit", { statements: words.statements, reports: words.reports }, "Count");
    const freq = this.setting(
      "freq",
      mapped(FREQUENCIES, (name) => `by ${name}`),
      "Periods",
    );
    const find = h("label", "Find in text", this.search);
    root.append(
      h("div.filters", ...pickers("actor"), role, ...pickers("system", "position"), find),
      h("details", h("summary", "More filters"), more),
      h("div.chosen", this.chips, h("div.tools", this.undoButton, this.redoButton, this.resetButton, copy)),
      this.alert,
      this.status,
      this.evidence.empty,
      this.periodControl(),
      h("div.filters.settings", this.viewChoice(), unit, freq),
      this.views,
      this.milestoneList(),
      this.evidence.element,
      this.tip,
    );
  }

  /** A filter: a field to type a part of a name into, with the names to choose from, the most frequent first. */
  picker(key) {
    const [totals, list] = [this.totalsOf(key), `${this.id}-${key}`];
    const codes = ranked(totals, totals);
    const names = codes.map((code) => this.values[key][code]);
    const options = names.map((name, i) => option(name, `${name} (${number(totals[codes[i]])})`));
    this.root.append(h("datalist", { id: list }, ...options)); // outside of the label, whose text is the name
    const take = ({ target }) => {
      if (target.value && this.add(key, target.value.trim(), names)) target.value = "";
    };
    const onkeydown = (event) => event.key === "Enter" && take(event); // JupyterLab holds "change" back
    const placeholder = names.length > 20 ? "type a name" : "any";
    return h("label", this.words[key], h("input", { list, placeholder, onchange: take, onkeydown }));
  }

  /** Adds a value to a filter. What was typed may differ in case, or be a part that only one name has. */
  add(key, typed, names) {
    const low = typed.toLowerCase();
    const near = names.filter((name) => name.toLowerCase().includes(low));
    const name = near.length === 1 ? near[0] : near.find((other) => other.toLowerCase() === low);
    const found = `${near.length || "No"} names hold “${typed}”`;
    if (!name) this.complain(`${found} (${this.words[key]}): choose one from the list.`);
    else if (!this.has(key, name)) this.toggle(key, name);
    return Boolean(name);
  }

  /** A list of which one entry always holds. */
  setting(name, choices, label, act = (value) => this.set(name, value)) {
    const options = Object.entries(choices).map(([value, shown]) => option(value, shown));
    const onchange = (event) => act(event.target.value);
    return h("label", label, h("select", { "data-setting": name, onchange }, ...options));
  }

  viewChoice() {
    const names = ["overview", ...this.sections.map(({ name }) => name), "statements"];
    const label = (name) => this.words[name] ?? matrixView.title(this);
    const choices = names.map((name) => button(label(name), () => this.set("view", name), { "data-choice": name }));
    return h("div.tabs", { role: "group", "aria-label": "View" }, ...choices);
  }

  /** The whole axis as a strip under two handles, between two days that can be typed. */
  periodControl() {
    this.strip = s("svg", { "aria-hidden": "true", height: 44, ...this.brush() });
    const handle = (label, oninput) => h("input", { type: "range", min: 0, "aria-label": label, oninput });
    const type = () => {
      const [from, to] = this.days.map(({ value }, n) => (value === this.span()[n] ? "" : value));
      if (from && to && from > to) this.complain("The period ends before it begins: change one of its days.");
      else this.change("period", [from, to]);
    };
    const typed = (label) => h("input", { type: "date", "aria-label": label, onchange: type });
    const slide = (from, to) => this.choosePeriods(from, to - 1, "period");
    const edges = () => this.handles.map(({ value }) => Number(value));
    this.handles = [
      handle("Period from", () => slide(Math.min(edges()[0], edges()[1] - 1), edges()[1])),
      handle("Period to", () => slide(edges()[0], Math.max(edges()[1], edges()[0] + 1))),
    ];
    this.days = [typed("Period from (date)"), typed("Period to (date)")];
    const track = h("div.track", { "data-view": "strip" }, this.strip, ...this.handles);
    return h("div.period", this.days[0], track, this.days[1]);
  }

  /** What the heads under the time axes stand for, to be read without a pointer. */
  milestoneList() {
    const { milestones } = this.tables;
    const items = milestones.map(({ day, label, url }) => h("li", `${spell(day)}: ${label} `, link(url)));
    return items.length ? h("details", h("summary", `▲ ${items.length} milestones`), h("ul", ...items)) : null;
  }

  choosePeriods(from, to, control = null) {
    const { starts, length } = this.axis;
    const whole = from <= 0 && to >= length - 1;
    this.change("period", whole ? [] : [isoOf(starts[from]), isoOf(starts[to + 1] - 1)], control);
  }

  section(name, view) {
    const [svg, heading, note] = [s("svg", this.brush()), h("h3"), h("p.note")];
    const twin = h("div.twin", { hidden: true, tabindex: 0, role: "region" });
    const table = button("Table", () => {
      twin.hidden = !twin.hidden;
      this.draw();
    });
    const compare = button("Against all", () => {
      this.against = !svg.plot.against;
      this.draw();
    });
    const picture = () => {
      const filters = this.activeFilters().map(([filter, value]) => `${filter}: ${value}`);
      const shown = view.legend.map((key) => LEGEND[key]).join(", ");
      const lines = [heading.textContent, this.status.textContent, filters.join(" · "), shown, note.textContent];
      return pictureOf(svg, lines.filter(Boolean));
    };
    const savers = { SVG: async () => picture(), PNG: () => pngOf(picture()) };
    const saving = Object.entries(savers).map(([type, make]) => {
      const act = async () => save(`${name}.${type.toLowerCase()}`, await make());
      return button(type, act, { "aria-label": `Save chart as ${type}` });
    });
    const tools = h("div.tools", compare, table, ...saving);
    const legend = h("div.legend", ...view.legend.map((key) => h("span", h(`i.key-${key}`), key)));
    const header = h("header", heading, tools, legend);
    const element = h(`section.view.${name}`, { "data-view": name }, header, svg, note, twin);
    return { name, view, element, svg, heading, note, table, compare, twin };
  }

  /** Listeners of a time axis: a drag selects the periods it touches; a click selects one, a second lets it go. */
  brush() {
    let begun = null;
    const offset = (event) => event.clientX - event.currentTarget.getBoundingClientRect().left;
    const reach = (event) => [begun, offset(event)].sort((a, b) => a - b);
    const end = (event) => {
      begun = null;
      event.currentTarget.querySelector(".brush")?.remove();
    };
    return {
      onpointerdown(event) {
        const [svg, px] = [event.currentTarget, offset(event)];
        const x = svg.plot?.x;
        if (event.button || event.target.closest(".choice") || !x || px < x.left || px > x.right) return;
        begun = px;
        svg.append(rect("brush", px, svg.plot.top, 0, svg.plot.bottom - svg.plot.top));
        svg.setPointerCapture(event.pointerId);
      },
      onpointermove(event) {
        if (begun === null) return;
        const [left, right] = reach(event);
        const mark = event.currentTarget.querySelector(".brush");
        mark?.setAttribute("x", left);
        mark?.setAttribute("width", right - left);
      },
      onpointerup: (event) => {
        if (begun === null) return;
        const [from, to] = reach(event).map((px) => this.axis.of(event.currentTarget.plot.x.invert(px)));
        end(event);
        const again = this.selection.period && from === to && same([from, to], [this.axis.from, this.axis.to]);
        if (again) this.change("period", []);
        else this.choosePeriods(from, to);
      },
      onpointercancel: end,
    };
  }

  hover({ target, clientX, clientY }) {
    const svg = target.closest("svg");
    const { x, top, bottom, tip } = svg?.plot ?? {};
    const [frame, outer] = [svg ?? this.root, this.root].map((part) => part.getBoundingClientRect());
    const [px, py] = [clientX - frame.left, clientY - frame.top];
    this.tip.hidden = !x || px < x.left || px > x.right || py < top || py >= bottom;
    if (this.tip.hidden) return;
    const slack = Math.ceil((4 * (x.end - x.first)) / (x.right - x.left)); // days in four pixels
    const near = this.milestonesIn(x.first, x.end).filter(({ day }) => Math.abs(x(day) - px) < 4);
    const lines = [tip(x.invert(px), py, slack), ...near.map(({ day, label }) => `▲ ${spell(day)}: ${label}`)];
    this.tip.textContent = lines.filter(Boolean).join("\n");
    this.tip.hidden = !this.tip.textContent;
    this.tip.style.left = `${Math.max(0, Math.min(clientX - outer.left + 12, outer.width - 345))}px`;
    this.tip.style.top = `${clientY - outer.top + 16}px`;
  }

  /** Arrows move between the marks of a view, Enter and space choose. */
  walk(event) {
    const svg = event.target.closest("svg");
    const marks = Array.from(svg?.querySelectorAll(".choice") ?? []);
    const at = marks.indexOf(event.target.closest(".choice"));
    const down = svg?.columns ?? 1;
    const step = { ArrowDown: down, ArrowUp: -down, ArrowRight: 1, ArrowLeft: -1, Enter: 0, " ": 0 }[event.key];
    if (at < 0 || step === undefined) return;
    event.preventDefault();
    const next = marks[at + step] ?? marks[at];
    marks[at].setAttribute("tabindex", -1);
    next.setAttribute("tabindex", 0);
    next.focus();
    if (!step) next.dispatchEvent(new Event("click"));
  }

  // -- an update: count, then draw what is in sight

  update() {
    this.attempt(() => {
      this.alert.hidden = true;
      this.count();
      this.showControls();
      this.draw();
      this.evidence.update();
    });
  }

  showControls() {
    const { selection, unit, axis } = this;
    const reports = unit === "statements" ? `${number(this.reports)} report${this.reports === 1 ? "" : "s"}, ` : "";
    const counted = `${number(this.chosen.length)} of ${number(this.rows.length)} ${unit}`;
    this.status.textContent = `${counted} (${reports}${number(this.series.undated)} undated)`;
    const focused = this.chips.contains(document.activeElement);
    const chips = this.activeFilters().map(([name, label, without]) => {
      const hint = { class: "chip", "aria-label": `Remove filter ${name}: ${label}` };
      return button(`${label} ×`, () => this.select(without), hint);
    });
    const nothing = h("span.quiet", "Nothing filtered: choose above, or click into a chart.");
    this.chips.replaceChildren(...(chips.length ? chips : [nothing]));
    this.undoButton.disabled = !this.past.length;
    this.redoButton.disabled = !this.future.length;
    this.resetButton.disabled = !chips.length;
    if (focused) (chips[0] ?? this.undoButton).focus();
    if (document.activeElement !== this.search) this.search.value = selection.text ?? "";
    const settings = { role: selection.role ?? "speaker", unit, freq: this.freq };
    for (const select of this.root.querySelectorAll("[data-setting]")) select.value = settings[select.dataset.setting];
    for (const tab of this.root.querySelectorAll(".tabs button")) {
      tab.setAttribute("aria-pressed", `${tab.dataset.choice === this.view}`);
    }
    const edges = [axis.from, axis.to + 1];
    for (const [n, handle] of this.handles.entries()) {
      handle.max = axis.length;
      handle.value = edges[n];
      handle.setAttribute("aria-valuetext", spell(axis.starts[edges[n]] - n));
      this.days[n].value = selection.period?.[n] ?? this.span()[n];
    }
  }

  /** [filter, value as shown, selection without it] for all that is chosen. */
  activeFilters() {
    const { selection, words } = this;
    return Object.entries(selection).flatMap(([key, value]) => {
      const without = { ...selection, [key]: [] };
      if (key === "period") return [[key, spell(...value.map((day) => (day ? dayOf(day) : MISSING))), without]];
      if (key === "text") return [[key, `“${value}”`, without]];
      if (key === "role") return [[key, ROLES[value], without]];
      return value.map((name) => [words[key], name, { ...selection, [key]: value.filter((other) => other !== name) }]);
    });
  }

  draw() {
    this.views.dataset.view = this.view;
    for (const section of this.sections) {
      section.element.hidden = this.view !== "overview" && this.view !== section.name;
      if (!section.element.hidden) this.drawView(section);
    }
    this.drawStrip();
  }

  drawView({ name, view, svg, heading, note, table, compare, twin }) {
    const focused = svg.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    svg.replaceChildren();
    svg.plot = null;
    svg.setAttribute("width", this.widthOf(name));
    svg.setAttribute("height", view.draw(this, svg, this.widthOf(name)));
    heading.textContent = view.title(this);
    note.textContent = view.note(this);
    const marks = Array.from(svg.querySelectorAll(".choice"));
    svg.setAttribute("role", marks.length ? "group" : "img");
    svg.setAttribute("aria-label", `${heading.textContent}. ${this.status.textContent}`);
    const current = marks.find((mark) => mark.dataset.key === focused) ?? marks[0];
    current?.setAttribute("tabindex", 0);
    if (focused) current?.focus({ preventScroll: true });
    compare.hidden = svg.plot?.against === undefined || !this.filtered;
    compare.setAttribute("aria-pressed", `${svg.plot?.against}`);
    table.setAttribute("aria-expanded", `${!twin.hidden}`);
    if (twin.hidden) return;
    twin.setAttribute("aria-label", `${heading.textContent}, as a table`);
    twin.replaceChildren(tableOf(view.table(this)));
  }

  drawStrip() {
    const { axis, series, strip } = this;
    const whole = this.wholeOf();
    const { starts, length } = axis;
    const width = this.widthOf("strip");
    const x = timeScale({ starts, from: 0, to: length - 1 }, 8, width - 8); // half a handle on both sides
    const max = whole.expected.reduce((a, b) => Math.max(a, b), 1);
    const bar = (n, p) => (n ? box(x(starts[p]), 40 - (n / max) * 36, x(starts[p + 1]), 40) : "");
    const bars = ({ expected }) => Array.from(expected, bar).join("");
    const left = x(starts[axis.from]);
    const frame = rect("window", left, 2, x(starts[axis.to + 1]) - left, 39);
    strip.setAttribute("width", width);
    strip.plot = { x, top: 2, bottom: 40 };
    strip.replaceChildren(path("all", bars(whole)), path("certain", bars(series)), frame);
  }

  complain(message) {
    this.alert.textContent = message;
    this.alert.hidden = false;
  }

  /** Does something, now or later; what goes wrong is said in the widget. */
  async attempt(act) {
    try {
      await act();
    } catch (error) {
      this.complain(`The Explorer could not do this: ${error.message}`);
      console.error(error);
    }
  }

  // -- out of the widget

  async copy() {
    const selection = this.text();
    try {
      await navigator.clipboard.writeText(selection);
      this.status.textContent = `Copied: ${selection || "no filter, everything"}`;
    } catch {
      this.complain(`The browser does not let the Explorer copy. The selection is: ${selection}`);
    }
  }

  /** The chosen reports as CSV. */
  saveRows() {
    if (!this.tables.texts) return this.complain("The texts of this table are in Python: save explorer.statements.");
    const { lists, start, end } = this.units.reports;
    const { reports } = this.rows;
    const texts = Object.keys(this.tables.texts).filter((name) => name !== "spans");
    const names = ["actor", "mentioned", "system", "family", "position", "precision"];
    const row = (code) => {
      const record = this.tables.record(code);
      const days = [start[code], end[code]].map((day) => (day === MISSING ? "" : isoOf(day)));
      const valuesOf = (key) => this.values[key === "mentioned" ? "actor" : key];
      const named = (key) => codesIn([lists[key]], code).map((value) => valuesOf(key)[value]);
      return [...texts.map((name) => record[name]), ...days, ...names.map((key) => named(key).join(";"))];
    };
    const codes = this.chosen.flatMap((i) => Array.from(reports.codes.slice(reports.at[i], reports.at[i + 1])));
    const head = [...texts, "start", "end", ...names];
    return save(
      "statements.csv",
      new Blob(["\ufeff", ...[head, ...codes.map(row)].map(csvLine)], { type: "text/csv" }),
    );
  }

  /** What all views show, in numbers: the tests hold it against count.py. */
  state() {
    const views = Object.fromEntries(this.sections.map(({ name, view }) => [name, view.table(this)]));
    return { text: this.text(), rows: this.chosen.length, reports: this.reports, undated: this.series.undated, views };
  }
}

export default {
  render({ model, el }) {
    const keysAreOurs = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab takes Enter, arrows and letters
    const root = h("div.explorer", { role: "group", "aria-label": "Explorer", ...keysAreOurs });
    el.append(root);
    try {
      root.explorer = new Explorer(model, root);
      return root.explorer.start();
    } catch (error) {
      root.append(h("p.alert", { role: "alert" }, `The Explorer could not start: ${error.message}`));
      throw error;
    }
  },
};
