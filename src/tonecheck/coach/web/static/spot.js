// Marking words with the mouse, with a finger and with the keyboard. Places are those that the server wrote.

const find = (id) => document.getElementById(id);
const draft = find("draft");
const words = [...draft.querySelectorAll("span")];
const list = find("marks");

let from = null; // the numbers of the words that are chosen: from where, and to where
let to = null;
let dragging = false;

const chosen = () => (from === null ? [] : words.slice(Math.min(from, to), Math.max(from, to) + 1));
const say = (text) => (find("said").textContent = text);
const marks = () => [...list.children];
const startOf = (mark) => Number(mark.querySelector("input").value.split("-")[0]);
const endOf = (mark) => Number(mark.querySelector("input").value.split("-")[1]);
const covers = (mark, word) => startOf(mark) < word.dataset.end && word.dataset.start < endOf(mark);

function draw() {
  const picked = new Set(chosen());
  for (const word of words) {
    const mark = marks().find((one) => covers(one, word));
    word.className = mark ? mark.querySelector("select").value[0] : "";
    word.classList.toggle("chosen", picked.has(word));
    word.setAttribute("aria-selected", String(picked.has(word) || Boolean(mark)));
  }
}

function choose(start, end) {
  [from, to] = [start, end];
  draw();
}

function focus(number) {
  const at = Math.max(0, Math.min(words.length - 1, number));
  for (const word of words) word.tabIndex = -1;
  words[at].tabIndex = 0;
  words[at].focus();
  return at;
}

/** The words as they stand, on one line. */
const told = (some) => some.map((word) => word.textContent).join(" ");

/** Make a mark of the list one that can be changed and taken away here. */
function adopt(item) {
  const [said, select, button] = ["q", "select", "button"].map((part) => item.querySelector(part));
  select.setAttribute("aria-label", `Which kind is “${said.textContent}”`);
  select.querySelector('[value=""]').remove(); // the button does it
  select.addEventListener("change", draw);
  button.setAttribute("aria-label", `Take away the mark on “${said.textContent}”`);
  button.hidden = false;
  button.addEventListener("click", () => {
    remove([item]);
    draft.querySelector('[tabindex="0"]').focus();
  });
}

function add(start, end, kind) {
  const some = words.filter((word) => start < word.dataset.end && word.dataset.start < end);
  const item = find("mark").content.firstElementChild.cloneNode(true);
  item.querySelector("q").textContent = told(some);
  item.querySelector("input").value = `${start}-${end}`;
  const select = item.querySelector("select");
  select.value = kind;
  adopt(item);
  list.append(item);
}

function remove(items) {
  for (const item of items) item.remove();
  draw();
  say(items.length ? "The mark is taken away." : "There is no mark here.");
}

function name(letter) {
  const some = chosen().length ? chosen() : words.filter((word) => word === document.activeElement);
  if (!some.length) return say("Choose the words first.");
  const [start, end] = [Number(some[0].dataset.start), Number(some.at(-1).dataset.end)];
  const same = marks().filter((one) => startOf(one) === start && endOf(one) === end);
  for (const one of same) one.remove();
  add(start, end, letter);
  choose(null, null);
  const fault = document.querySelector(`[data-fault="${letter}"]`).textContent.trim();
  say(`“${told(some)}”: ${fault}. ${list.children.length} marked.`);
}

/** The nearest word on the line above or below. */
function beside(number, step) {
  const here = words[number].getBoundingClientRect();
  const lines = words.filter((word) => step * (word.getBoundingClientRect().top - here.top) > here.height / 2);
  if (!lines.length) return number;
  const top = (step > 0 ? lines[0] : lines.at(-1)).getBoundingClientRect().top;
  const row = lines.filter((word) => Math.abs(word.getBoundingClientRect().top - top) < here.height / 2);
  const gap = (word) => Math.abs(word.getBoundingClientRect().left - here.left);
  return words.indexOf(row.reduce((best, word) => (gap(word) < gap(best) ? word : best)));
}

const STEPS = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => beside(at, 1),
  ArrowUp: (at) => beside(at, -1),
  Home: () => 0,
  End: () => words.length - 1,
};

draft.addEventListener("keydown", (event) => {
  const at = words.indexOf(event.target);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = event.key.toUpperCase();
  if (event.key in STEPS) {
    const next = focus(STEPS[event.key](at));
    if (event.shiftKey) choose(from ?? at, next);
    else if (from !== null && from !== to) choose(null, null);
  } else if (event.key === " " || event.key === "Enter") {
    choose(from ?? at, at);
  } else if (event.key === "Escape") {
    choose(null, null);
  } else if (event.key === "Backspace" || event.key === "Delete") {
    remove(marks().filter((one) => covers(one, words[at])));
  } else if ("DEX".includes(letter) && letter.length === 1) {
    name(letter);
  } else {
    return;
  }
  event.preventDefault();
});

const wordAt = (event) => words.indexOf(document.elementFromPoint(event.clientX, event.clientY));

draft.addEventListener("pointerdown", (event) => {
  const at = words.indexOf(event.target);
  if (at < 0 || event.button) return;
  event.preventDefault();
  dragging = event.pointerType === "mouse";
  if (event.shiftKey && from !== null) choose(from, at);
  else if (dragging || from === null || from !== to) choose(at, at);
  else choose(from, at); // a second tap reaches to its word
  focus(at);
});
addEventListener("pointermove", (event) => {
  const at = dragging ? wordAt(event) : -1;
  if (at < 0 || at === to) return;
  choose(from, at);
});
addEventListener("pointerup", () => (dragging = false));

for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => name(button.dataset.fault));
}

// From here on words are marked in place, and nothing needs to be typed.
draft.setAttribute("role", "listbox");
draft.setAttribute("aria-multiselectable", "true");
draft.setAttribute("aria-labelledby", "draft-head");
draft.setAttribute("aria-describedby", "how");
draft.classList.add("live");
for (const word of words) {
  word.setAttribute("role", "option");
  word.tabIndex = -1;
}
words[0].tabIndex = 0;
for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;
find("by-typing").hidden = !find("typed").value;
marks().forEach(adopt);
draw();
