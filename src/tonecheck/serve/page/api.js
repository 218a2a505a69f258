// Asking the server. The token comes with the address, behind its #, and is kept for this tab only.

import { inUnits } from "./text.js";

export const NO_TOKEN =
  "Open the address that `tonecheck serve` printed in the terminal: it holds the token that lets this page ask.";
const NO_SERVER =
  "tonecheck serve does not answer. Start it again in the terminal and open its address in this tab; your text stays here.";

/** Take the token out of the address, so that it is not seen, copied or kept with it; true if one was there. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return false;
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname);
  return true;
}

export const hasToken = () => sessionStorage.getItem("token") !== null;

/** The review of a draft, its offsets in UTF-16 units. Throws an Error that says what to do. */
export async function review(text, client) {
  if (!hasToken()) throw new Error(NO_TOKEN);
  let answer;
  try {
    answer = await fetch("/api/review", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${sessionStorage.getItem("token")}` },
      body: JSON.stringify({ text: text.toWellFormed(), client: client.toWellFormed() }),
    });
  } catch {
    throw new Error(NO_SERVER);
  }
  if (answer.status === 401) throw new Error(NO_TOKEN);
  const body = await answer.json().catch(() => ({ error: NO_SERVER }));
  if (!answer.ok) throw new Error(body.error);
  return inUnits(body);
}
