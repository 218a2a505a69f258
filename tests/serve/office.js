// What stands in for Outlook in the tests: a letter, and a note of what the add-in does with it.

const letter = {
  from: { displayName: "Owen Marsh", emailAddress: "owen@acme.example" },
  to: [{ displayName: "Hilda, Head", emailAddress: "hilda@client.example" }],
  cc: [],
  bcc: [],
  subject: "Part X",
  body: "",
};
const seen = { completed: [], remarks: [] };
const silent = new Set(); // methods of Outlook's that never answer
const failing = new Set();

const getter = (name) => ({
  getAsync(...given) {
    const answer = given.pop();
    if (silent.has(name)) return;
    const failed = failing.has(name);
    setTimeout(() => answer({ status: failed ? "failed" : "succeeded", value: letter[name], error: { message: "no" } }));
  },
});
const item = Object.fromEntries(Object.keys(letter).map((name) => [name, getter(name)]));
item.notificationMessages = { replaceAsync: (key, { message }) => seen.remarks.push(message) };

const handlers = {};
globalThis.Office = {
  AsyncResultStatus: { Succeeded: "succeeded", Failed: "failed" },
  CoercionType: { Html: "html" },
  MailboxEnums: { ItemNotificationMessageType: { ErrorMessage: "errorMessage" } },
  actions: { associate: (name, handler) => (handlers[name] = handler) },
  context: { mailbox: { item } },
  onReady: async () => {},
};
/** Press Send: resolves with what the add-in completes the event with. */
globalThis.pressSend = (body) => {
  letter.body = body;
  return new Promise((resolve) => handlers.onMessageSend({ completed: (options) => resolve(options) }));
};
Object.assign(globalThis, { letter, seen, silent, failing });
