
"use strict";
// Data is set as text, never as markup.
const rows = JSON.parse(document.getElementById("rows").textContent);
const $ = id => document.getElementById(id);
const PAGE = 200; // how many rows, or parts of a value, are added at once
const PRINTED = 300; // how many cases are printed in full
const LONG = 2000; // how many characters of a text are shown at first

let matching = []; // indices into rows
let made = 0; // how many of `matching` are in the list
let current = -1; // index into rows

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

// Numbers keep the digits of their file, in browsers that give access to them.
class Digits { constructor(text) { this.text = text; } }
function detailOf(index) {
  const keep = (name, value, context) => typeof value === "number" && context ? new Digits(context.source) : value;
  return JSON.parse($("case-" + index).textContent, keep);
}
const plain = value => value instanceof Digits ? value.text : typeof value === "string" ? value : JSON.stringify(value, (_, v) => v instanceof Digits ? Number(v.text) : v);

const counted = count => count.toLocaleString("en");
const dollars = sum => "$" + (sum >= 1 || sum === 0 ? sum.toFixed(2) : sum.toFixed(6));
const MEASURES = [["latency", n => counted(n) + " ms"], ["input", n => counted(n) + " in"], ["output", n => counted(n) + " out"], ["cost", dollars]];

// ---- which cases -------------------------------------------------------------------------------

// All values of a case, and the names of members within bodies, in lower case. Computed when a search first needs them.
const texts = new Map();
function textOf(index) {
  if (!texts.has(index)) {
    const found = [];
    const take = (value, named) => {
      if (value instanceof Digits || typeof value === "string") found.push(plain(value));
      else if (Array.isArray(value)) for (const part of value) take(part, named);
      else if (value !== null && typeof value === "object") for (const [name, part] of Object.entries(value)) {
        if (named) found.push(name);
        take(part, named || name === "body" || name === "mapped");
      }
    };
    take(detailOf(index), false);
    texts.set(index, found.join("\n").toLowerCase());
  }
  return texts.get(index);
}

function isFound(index, words) {
  if (words.length === 0) return true;
  const row = rows[index];
  const near = [row.id, row.model, row.at, row.line, row.outcome, row.codes.join(" ")].join("\n").toLowerCase();
  return words.every(word => near.includes(word) || textOf(index).includes(word));
}

function filter() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [outcome, model, since, order] = ["outcome", "model", "since", "order"].map(id => $(id).value);
  matching = [];
  rows.forEach((row, index) => {
    const fits = (!outcome || (outcome === "fails" ? row.fails : row.outcome === outcome))
      && (!model || row.model === model) && (!since || row.since.includes(since));
    if (fits && isFound(index, words)) matching.push(index);
  });
  if (order) matching.sort((a, b) => (rows[b].now[order] ?? -1) - (rows[a].now[order] ?? -1) || a - b);
  for (const button of document.querySelectorAll(".count[aria-pressed]")) {
    const pressed = button.dataset.outcome ? button.dataset.outcome === outcome : button.dataset.since === since;
    button.setAttribute("aria-pressed", String(pressed));
  }
  $("shown").textContent = counted(matching.length) + " of " + counted(rows.length) + (rows.length === 1 ? " case" : " cases");
  $("list").replaceChildren();
  made = 0;
  more();
  if (matching.length === 0) $("list").append(make("li", { class: "empty", text: "No case matches." }));
}

// ---- the list ----------------------------------------------------------------------------------

function item(index) {
  const row = rows[index];
  const took = MEASURES.filter(([key]) => key !== "input" && row.now[key] !== undefined && row.now[key] !== null);
  return make("li", { role: "option", id: "row-" + index, tabindex: index === current ? 0 : -1, "aria-selected": String(index === current), onclick: () => open(index) },
    make("span", { class: "outcome " + row.outcome, text: row.outcome + (row.warns ? " (warns)" : "") }),
    make("span", { class: "name" }, make("i", { text: row.model + " · " }), row.name),
    make("span", { class: "took", text: took.map(([key, shown]) => shown(row.now[key])).join("  ") }),
    make("span", { class: "line", text: row.line }));
}

function more(count = PAGE) {
  const items = matching.slice(made, made + count).map(item);
  made += items.length;
  $("list").append(...items);
  // The Tab key reaches one row: the open one, or the first.
  const tab = $("row-" + current) || $("list").firstElementChild;
  if (tab) tab.tabIndex = 0;
}

// With `quiet` the page doesn't scroll, and the focus and the address stay the same.
function open(index, quiet = false) {
  const at = matching.indexOf(index);
  if (at >= made) more(at - made + PAGE);
  for (const old of [$("row-" + current), $("list").firstElementChild]) {
    if (!old) continue;
    old.setAttribute("aria-selected", "false");
    old.tabIndex = -1;
  }
  current = index;
  const chosen = $("row-" + index);
  if (chosen) {
    chosen.setAttribute("aria-selected", "true");
    chosen.tabIndex = 0;
    if (!quiet) {
      chosen.focus();
      chosen.scrollIntoView({ block: "nearest" });
    }
  }
  $("detail").replaceChildren(...shown(index, false));
  $("detail").scrollTop = 0;
  const hash = "#" + encodeURIComponent(addressOf(rows[index]));
  if (!quiet && location.hash !== hash) history.replaceState(null, "", hash);
}

// Two configs may have cases with the same id, so the address then contains the place too.
const ids = new Map();
for (const row of rows) ids.set(row.id, (ids.get(row.id) || 0) + 1);
const addressOf = row => ids.get(row.id) === 1 ? row.id : row.id + " " + row.at;

// The index of the case in the page's address, or -1.
function addressed() {
  try {
    const wanted = decodeURIComponent(location.hash.slice(1));
    return rows.findIndex(row => addressOf(row) === wanted);
  } catch { return -1; /* the address is not valid */ }
}

function step(by) {
  const at = matching.indexOf(current);
  const next = at < 0 ? 0 : at + by;
  if (next >= 0 && next < matching.length) open(matching[next]);
}

// ---- one case ----------------------------------------------------------------------------------

function shown(index, whole) {
  const row = rows[index], detail = detailOf(index), parts = [];
  const section = (title, ...children) => parts.push(make("h3", { text: title }), ...children.filter(Boolean));
  parts.push(make("h2", { class: "title" }, make("span", { class: "outcome " + row.outcome, text: row.outcome }), " " + row.id));
  parts.push(facts(row, detail));
  if (detail.findings.length) section("Findings", ...detail.findings.map(findingOf));
  if (detail.changed) section("Output compared with the accepted snapshot", diff(detail.changed.diff), make("p", { class: "none", text: detail.changed.snapshot }));
  if (detail.since.length) section("Output compared with the previous run", ...detail.since.flatMap(field => [make("p", { class: "none", text: field.field }), diff(field.diff)]));
  const exchange = detail.exchange, origins = originsOf(exchange);
  if (Object.keys(detail.mapped).length) section("Mapped output", mapped(detail.mapped, exchange));
  if (exchange && exchange.response) {
    const events = exchange.response.events;
    section("Response " + plain(exchange.response.status) + (events ? ", of " + plain(events) + " events" : ""),
      headers(exchange.response.headers, exchange.origins), box(exchange.response.body, origins, whole));
  }
  if (exchange && exchange.refusal) {
    const refusal = exchange.refusal;
    section("Refused with " + plain(refusal.status) + " " + refusal.code, make("div", { class: "box" }, make("pre", { text: refusal.message })));
  }
  if (exchange) section("Request", headers(exchange.request.headers, {}), box(exchange.request.body, new Map(), whole));
  return parts;
}

// The message may wrap, but the lines of the excerpt below it must not.
function findingOf(finding) {
  const [message, ...excerpt] = finding.text.split("\n");
  return make("div", { class: "finding " + finding.severity }, make("p", { class: "message", text: message }), make("pre", { text: excerpt.join("\n") }));
}

function facts(row, detail) {
  const exchange = detail.exchange, before = row.before;
  const pairs = [["config", make("code", { text: row.at })]];
  if (row.warns) pairs.push(["counts", "as a warning only"]);
  if (detail.cause) pairs.push(["cause", detail.cause]);
  if (detail.not_called) pairs.push(["not called", detail.not_called]);
  if (detail.recorded) pairs.push(["recording", detail.recorded]);
  if (exchange) pairs.push(["call", exchange.operation + " of " + exchange.model_id + " in " + exchange.region]);
  for (const [key, value] of MEASURES) {
    const now = row.now[key], then = before && before.numbers[key];
    if (now === null || now === undefined) continue;
    const change = then !== null && then !== undefined && then !== now ? " (was " + value(then) + ")" : "";
    pairs.push([key, value(now) + change]);
  }
  if (before && before.outcome !== row.outcome) pairs.push(["before", before.outcome]);
  pairs.push(["run it", make("code", { text: "bedrock-check test " + quoted(detail.config) + " -k " + quoted(row.id) })]);
  return make("dl", { class: "facts" }, ...pairs.flatMap(([name, value]) => [make("dt", { text: name }), make("dd", {}, value)]));
}

const quoted = text => /^[\w./:-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";

function diff(lines) {
  const kinds = { "+": "plus", "-": "minus", "@": "at", " ": "same" };
  return make("div", { class: "box diff" }, ...lines.map(([sign, parts]) =>
    make("div", { class: kinds[sign] }, sign === "@" ? "" : sign + " ", ...parts.map(part => Array.isArray(part) ? make("b", { text: part[0] }) : part))));
}

// Maps JSON Pointers of the body to the fields that are mapped from there.
function originsOf(exchange) {
  const origins = new Map();
  for (const [field, origin] of Object.entries(exchange ? exchange.origins : {})) {
    for (const pointer of origin.body || []) origins.set(pointer, [...(origins.get(pointer) || []), field]);
  }
  return origins;
}

function mapped(fields, exchange) {
  const body = Object.entries(fields).map(([field, value]) => {
    const origin = exchange && exchange.origins[field];
    const pointers = origin && origin.body || [];
    const jump = pointers.map(pointer => make("button", { type: "button", title: "Show where it came from", text: pointer || "/", onclick: () => reveal(pointer) }));
    const from = origin && origin.header ? [make("code", { text: "header " + origin.header })] : jump.slice(0, 5);
    return make("tr", {}, make("th", { scope: "row", text: field }), make("td", {}, leaf(plain(value), false, "")), make("td", {}, ...from));
  });
  return make("table", { class: "mapped" }, make("tbody", {}, ...body));
}

function reveal(pointer) {
  const node = [...$("detail").querySelectorAll("[data-pointer]")].find(node => node.dataset.pointer === pointer);
  if (!node) return;
  for (let parent = node; parent; parent = parent.parentElement) if (parent.tagName === "DETAILS") parent.open = true;
  node.scrollIntoView({ block: "center" });
  node.tabIndex = -1;
  node.focus();
}

function headers(all, origins) {
  const fields = name => Object.entries(origins).filter(([, origin]) => origin.header === name).map(([field]) => make("span", { class: "field", text: field }));
  const names = Object.keys(all || {});
  if (names.length === 0) return null;
  return make("dl", { class: "facts" }, ...names.flatMap(name => [make("dt", { text: name }), make("dd", {}, plain(all[name]), ...fields(name))]));
}

// ---- JSON --------------------------------------------------------------------------------------

const box = (value, origins, whole) => make("div", { class: "box json" }, node(null, value, "", origins, whole, 0));

function size(value) {
  if (value === null || typeof value !== "object" || value instanceof Digits) return 1;
  return 1 + Object.values(value).reduce((sum, part) => sum + size(part), 0);
}

function node(name, value, pointer, origins, whole, depth) {
  const fields = origins.get(pointer) || [];
  const tags = fields.map(field => make("span", { class: "field", text: field, title: "mapped to " + field }));
  const marks = { class: fields.length ? "origin" : "", "data-pointer": pointer };
  const member = name === null ? null : make("span", { class: "member", text: name + ": " });
  if (value === null || typeof value !== "object" || value instanceof Digits) {
    return make("div", { ...marks, class: marks.class + " leaf" }, member, leaf(value, whole), ...tags);
  }
  const isArray = Array.isArray(value), entries = Object.entries(value);
  const [start, end] = isArray ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return make("div", { ...marks, class: marks.class + " leaf" }, member, start + end, ...tags);
  const holds = [...origins.keys()].some(origin => origin.startsWith(pointer + "/"));
  const nouns = isArray ? ["item", "items"] : ["member", "members"];
  const count = make("span", { class: "size", text: " " + entries.length + " " + nouns[entries.length === 1 ? 0 : 1] + " " + end });
  const opened = whole || holds || depth === 0 || size(value) <= 40;
  const inside = make("div", { class: "inside" });
  const part = ([key, part]) => node(isArray ? null : key, part, pointer + "/" + key.replaceAll("~", "~0").replaceAll("/", "~1"), origins, whole, depth + 1);
  const add = from => {
    const to = whole || holds ? entries.length : from + PAGE;
    inside.append(...entries.slice(from, to).map(part));
    if (to >= entries.length) return;
    const button = make("button", { type: "button", class: "more", text: counted(entries.length - to) + " more", onclick: () => { button.remove(); add(to); } });
    inside.append(button);
  };
  const fill = () => inside.childNodes.length || add(0);
  if (opened) fill();
  const details = make("details", { ...marks, open: opened ? "" : null, ontoggle: fill },
    make("summary", {}, member, start, count, ...tags), inside, make("div", { class: "leaf", text: end }));
  return details;
}

function leaf(value, whole, quote = '"') {
  if (typeof value !== "string") return make("span", { text: plain(value) });
  const text = make("span", { class: "text" });
  const cut = !whole && value.length > LONG;
  text.textContent = quote + (cut ? value.slice(0, LONG) + "…" : value + quote);
  if (!cut) return text;
  const button = make("button", { type: "button", class: "more", text: "all " + counted(value.length) + " characters", onclick: () => {
    text.textContent = quote + value + quote;
    button.remove();
  } });
  return make("span", {}, text, button);
}

// ---- theme, keyboard, print --------------------------------------------------------------------

const THEMES = ["auto", "light", "dark"];
function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  $("theme").textContent = "Theme: " + name;
  // The browser may forbid local storage for files.
  try { localStorage.setItem("bedrock-check-theme", name); } catch { /* the theme is not remembered */ }
}
function nextTheme() {
  const now = document.documentElement.dataset.theme || "auto";
  theme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
}

function choose(id, value) {
  $(id).value = $(id).value === value ? "" : value;
  filter();
}

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  "/": () => $("search").focus(), f: () => choose("outcome", "fails"), t: nextTheme,
};
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target, typing = target.matches("input, select");
  if (event.key === "Escape") {
    const row = $("row-" + current) || $("list").querySelector("[role=option]");
    if (row) row.focus();
    else target.blur();
    event.preventDefault();
  } else if (event.key === "Enter" && target.matches("[role=option]")) {
    open(Number(target.id.slice(4)));
    $("detail").focus();
    event.preventDefault();
  } else if (event.key === "Enter" && target.id === "search") {
    event.preventDefault();
    if (matching.length) open(matching[0]);
  } else if (!typing && KEYS[event.key] && !(event.key.startsWith("Arrow") && !$("list").contains(target))) {
    KEYS[event.key]();
    event.preventDefault();
  }
});

function printed() {
  const fails = matching.filter(index => rows[index].fails);
  const chosen = (fails.length ? fails : matching).slice(0, PRINTED);
  const title = fails.length ? "Failing cases" : "Cases";
  const count = (fails.length || matching.length) - chosen.length;
  $("printed").replaceChildren(make("h2", { text: title }), ...chosen.map(index => make("article", {}, ...shown(index, true))),
    count > 0 ? make("p", { text: counted(count) + " more are not printed." }) : "");
}
addEventListener("beforeprint", printed);
addEventListener("afterprint", () => $("printed").replaceChildren());

// ---- start -------------------------------------------------------------------------------------

for (const model of [...new Set(rows.map(row => row.model))]) $("model").append(make("option", { value: model, text: model }));
let waiting = 0;
$("search").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, 120);
});
for (const id of ["outcome", "model", "since", "order"]) $(id).addEventListener("change", filter);
$("filters").addEventListener("submit", event => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(filter));
$("theme").addEventListener("click", nextTheme);
for (const button of document.querySelectorAll("[data-outcome]")) button.addEventListener("click", () => choose("outcome", button.dataset.outcome));
for (const button of document.querySelectorAll("[data-since]")) button.addEventListener("click", () => choose("since", button.dataset.since));
for (const button of document.querySelectorAll("[data-model]")) button.addEventListener("click", () => {
  choose("model", button.dataset.model);
  $("cases").scrollIntoView();
});
$("list").addEventListener("scroll", () => {
  const list = $("list");
  if (made < matching.length && list.scrollTop + list.clientHeight > list.scrollHeight - 600) more();
});
addEventListener("hashchange", () => {
  const index = addressed();
  if (index < 0 || index === current) return;
  if (!matching.includes(index)) $("filters").reset();
  setTimeout(() => open(index));
});
let remembered = "auto";
try { remembered = localStorage.getItem("bedrock-check-theme") || "auto"; } catch { /* local storage is forbidden */ }
theme(THEMES.includes(remembered) ? remembered : "auto");
filter();
if (addressed() >= 0) open(addressed());
else if (matching.length) open(Math.max(rows.findIndex(row => row.fails), 0), true);
document.documentElement.dataset.ready = "";
