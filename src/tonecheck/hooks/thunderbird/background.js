// Asks tonecheck about each letter before it goes. Whatever goes wrong here lets the letter go, and says so.

import { decisionOn, warm } from "./host.js";
import { digestOf, fieldsOf } from "./letter.js";

const kept = messenger.storage.session; // in memory only; this script may be unloaded between two events

messenger.compose.onBeforeSend.addListener(async (tab, details) => {
  try {
    return await beforeSend(tab, details);
  } catch (error) {
    tell(`sent unchecked: ${error.message}`);
    return {};
  }
});

async function beforeSend(tab, details) {
  const fields = fieldsOf(details);
  const agreed = await recall(`agreed-${tab.id}`);
  if (agreed && agreed === (await digestOf(fields))) return {};
  const decision = await decisionOn(fields);
  if (decision.fault) tell(decision.reason);
  if (decision.verdict === "send") return {};
  await showPanel(tab.id, decision);
  return { cancel: true };
}

/** The panel for a letter: a window of its own, which shows each new decision. */
async function showPanel(tabId, decision) {
  await kept.set({ [`asked-${tabId}`]: decision });
  const open = await recall(`panel-${tabId}`);
  if (open) {
    const there = await messenger.windows.update(open, { focused: true }).catch(() => null);
    if (there) return;
  }
  const url = messenger.runtime.getURL(`panel.html?tab=${tabId}`);
  const made = await messenger.windows.create({ url, type: "popup", width: 620, height: 680 });
  await kept.set({ [`panel-${tabId}`]: made.id });
}

/** Send the letter as it stands now: the panel's two ways to go on. */
messenger.runtime.onMessage.addListener(async ({ tabId, mode, unchecked }) => {
  if (unchecked) {
    const details = await messenger.compose.getComposeDetails(tabId);
    await kept.set({ [`agreed-${tabId}`]: await digestOf(fieldsOf(details)) });
  }
  await messenger.compose.sendMessage(tabId, { mode });
});

messenger.tabs.onCreated.addListener((tab) => {
  if (tab.type === "messageCompose") warm();
});

messenger.tabs.onRemoved.addListener(async (tabId) => {
  const open = await recall(`panel-${tabId}`);
  await kept.remove(["agreed", "asked", "panel"].map((name) => `${name}-${tabId}`));
  if (open) await messenger.windows.remove(open).catch(() => {}); // the writer closed it already
});

async function recall(key) {
  return (await kept.get(key))[key];
}

function tell(message) {
  const notice = { type: "basic", iconUrl: "icon.svg", title: "tonecheck", message };
  console.warn(`tonecheck: ${message}`);
  messenger.notifications.create(notice).catch(() => {}); // a desktop without notifications
}
