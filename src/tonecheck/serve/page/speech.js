// Telling a screen reader: at once about what the person did, and about a review once the typing rests.

const HUSH = 1200; // milliseconds
const place = document.getElementById("said");

let timer = 0;
let told = "";

export function say(words) {
  clearTimeout(timer);
  told = words;
  place.textContent = words;
}

/** Tell about a review, unless the same was just told. */
export function sayLater(report) {
  const scores = Object.entries(report.scores).filter(([, value]) => value !== null);
  const words = [report.summary, scores.map(([fault, value]) => `${fault} ${value}`).join(", ")].join(" ").trim();
  clearTimeout(timer);
  timer = setTimeout(() => words !== told && say(words), HUSH);
}
