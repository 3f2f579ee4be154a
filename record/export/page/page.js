"use strict";

const root = document.documentElement;
const cards = [...document.querySelectorAll(".card")];
const findable = [...document.querySelectorAll(".find")];
const input = document.getElementById("search");
const found = document.getElementById("found");

// The theme is the system's until it is chosen.
const themes = { auto: "Theme", light: "Light", dark: "Dark" };
document.getElementById("theme").addEventListener("click", (event) => {
  const order = Object.keys(themes);
  const next = order[(order.indexOf(root.dataset.theme || "auto") + 1) % order.length];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  event.target.textContent = themes[next];
});

document.getElementById("problems").addEventListener("click", (event) => {
  const on = document.body.classList.toggle("only-problems");
  event.target.setAttribute("aria-pressed", String(on));
  countFound();
});

const fold = document.getElementById("fold");
fold.addEventListener("click", () => {
  const open = !cards.some((card) => card.open);
  for (const card of cards) card.open = open;
});
document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (details.matches?.(".card")) fold.textContent = cards.some((card) => card.open) ? "Close all" : "Open all";
  if (details.matches?.(".payload") && details.open) layOut(details.querySelector("pre[data-json]"));
}, true);

// A link to an exchange opens it.
function openTarget() {
  const card = /^#e\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!card) return;
  card.open = true;
  card.scrollIntoView({ block: "start" });
}
addEventListener("hashchange", openTarget);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#e']");
  if (link && link.hash === location.hash) openTarget();
});

// layOut turns the lines of JSON into parts that fold. The text stays what it is:
// lines are looked at, not values.
const longPayload = 60, longPart = 12;
function layOut(pre) {
  if (!pre || pre.classList.contains("tree")) return;
  const lines = pre.textContent.split("\n");
  const ends = partEnds(lines);
  const tree = document.createDocumentFragment();
  const open = [{ into: tree, end: lines.length }];
  lines.forEach((line, i) => {
    while (i === open.at(-1).end) open.pop();
    const into = open.at(-1).into;
    const end = ends.get(i);
    if (end === undefined) {
      into.append(colour(line), "\n");
      return;
    }
    const part = document.createElement("details");
    const head = document.createElement("summary");
    const count = end - i - 1;
    head.append(colour(line));
    head.dataset.more = ` … ${count} ${count === 1 ? "line" : "lines"}`;
    part.open = lines.length <= longPayload || open.length < 3 || count <= longPart;
    part.append(head);
    into.append(part);
    open.push({ into: part, end });
  });
  pre.replaceChildren(tree);
  pre.classList.add("tree");
}

// partEnds tells for each line that opens an object or array which line closes it.
function partEnds(lines) {
  const ends = new Map(), open = [];
  lines.forEach((line, i) => {
    const text = line.trim();
    if (/^[}\]],?$/.test(text)) {
      if (open.length) ends.set(open.pop(), i);
    } else if (/[{[]$/.test(text)) {
      open.push(i);
    }
  });
  return ends;
}

const jsonLine = /^(\s*)("(?:[^"\\]|\\.)*")?(: )?(.*?)(,?)$/s;
function colour(line) {
  const row = document.createDocumentFragment();
  const [, indent, first = "", colon = "", rest, comma] = jsonLine.exec(line);
  const value = colon ? rest : first + rest;
  row.append(indent);
  if (colon) row.append(piece("j-k", first), colon);
  if (value) row.append(piece(value[0] === '"' ? "j-s" : /[-\d]/.test(value[0]) ? "j-n" : /[tfn]/.test(value[0]) ? "j-w" : "", value));
  row.append(comma);
  return row;
}
function piece(kind, text) {
  const span = document.createElement("span");
  if (kind) span.className = kind;
  span.textContent = text;
  return span;
}

// Searching keeps the exchanges that have the text, opens them where they are few,
// and marks what was found. Enter goes from one place to the next, and opens what
// is closed on the way.
const fewCards = 8, mostMarks = 2000;
const texts = new Map();
let words = "", hits = [], stops = [], at = -1;

function textOf(element) {
  if (!element) return "";
  if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
  return texts.get(element);
}

// has tells whether an element has the words, a row of the timeline whether one of
// its exchanges does.
function has(element) {
  if (!element.dataset.cards) return textOf(element).includes(words);
  return element.dataset.cards.split(" ").some((id) => textOf(document.getElementById(`e${id}`)).includes(words));
}

function search() {
  words = input.value.trim().toLowerCase();
  hits = [];
  for (const element of findable) {
    const hit = words === "" || has(element);
    element.classList.toggle("miss", !hit);
    if (hit && words && element.matches(".card")) hits.push(element);
  }
  if (hits.length <= fewCards) hits.forEach(reveal);
  at = -1;
  mark();
  countFound();
}

// reveal opens a card and those of its parts that have the words.
function reveal(card) {
  card.open = true;
  for (const part of card.querySelectorAll(".payload, .headers")) {
    if (!part.textContent.toLowerCase().includes(words)) continue;
    part.open = true;
    layOut(part.querySelector("pre[data-json]"));
    for (const inner of part.querySelectorAll(".tree details")) {
      if (inner.textContent.toLowerCase().includes(words)) inner.open = true;
    }
  }
}

// mark finds the words in what can be seen, and the cards that have them only in
// what cannot: those are the places to go to.
function mark() {
  const marks = words ? visibleMarks() : [];
  const shown = new Set(marks.map((range) => range.startContainer.parentElement.closest(".card")));
  const closed = hits.filter((card) => !shown.has(card));
  stops = [...marks, ...closed].sort((a, b) =>
    nodeOf(a) === nodeOf(b) ? a.startOffset - b.startOffset : nodeOf(a).compareDocumentPosition(nodeOf(b)) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
  CSS.highlights?.set("found", new Highlight(...marks));
}
const nodeOf = (stop) => stop.startContainer ?? stop;

function visibleMarks() {
  const marks = [];
  const walker = document.createTreeWalker(document.getElementById("top"), NodeFilter.SHOW_TEXT, (node) =>
    isShown(node) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
  while (walker.nextNode() && marks.length < mostMarks) {
    const node = walker.currentNode, text = node.data.toLowerCase();
    if (text.length !== node.length) continue; // letters that have another length in lower case
    for (let i = text.indexOf(words); i >= 0 && marks.length < mostMarks; i = text.indexOf(words, i + words.length)) {
      const range = document.createRange();
      range.setStart(node, i);
      range.setEnd(node, i + words.length);
      marks.push(range);
    }
  }
  return marks;
}

function isShown(node) {
  if (node.parentElement.closest(".miss")) return false;
  const closed = node.parentElement.closest("details:not([open])");
  return !closed || node.parentElement.closest("summary")?.parentElement === closed && !closed.parentElement.closest("details:not([open])");
}

function countFound() {
  const seen = cards.some((card) => !card.matches(".miss") && (!document.body.matches(".only-problems") || card.matches(".failed, .warned")));
  document.getElementById("nothing").hidden = seen || cards.length === 0;
  if (!words) found.value = "";
  else if (at >= 0) found.value = `${at + 1} of ${stops.length}`;
  else found.value = `${hits.length} of ${cards.length} exchanges`;
}

function step(by) {
  if (!stops.length) return;
  at = (at + by + stops.length) % stops.length;
  const card = stops[at];
  if (card instanceof Element) {
    reveal(card);
    mark();
    at = Math.max(0, stops.findIndex((stop) => card.contains(nodeOf(stop))));
  }
  nodeOf(stops[at]).parentElement.scrollIntoView({ block: "center" });
  if (stops[at] instanceof Range) {
    getSelection().removeAllRanges();
    getSelection().addRange(stops[at]);
  }
  countFound();
}

let waiting;
input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, 120);
});
input.form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") {
    input.value = "";
    search();
  }
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === input || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
});

for (const element of document.querySelectorAll(".search, .tools")) element.hidden = false;
openTarget();
