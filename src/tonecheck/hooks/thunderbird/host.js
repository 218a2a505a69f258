// Asking tonecheck's native messaging host, which Thunderbird starts for each question.

const NAME = "tonecheck";
const TO_START = 10; // seconds for the host to start, however busy the machine; it then says how many it may take
const GRACE = 1; // the host keeps the time itself, and can say more about it

/** The gate's decision on a letter. Rejects with an Error that says why there is none. */
export function decisionOn(fields) {
  return new Promise((resolve, reject) => {
    const port = messenger.runtime.connectNative(NAME);
    let timer = 0;
    const end = (settle, value) => {
      clearTimeout(timer);
      port.disconnect();
      settle(value);
    };
    const within = (seconds) => {
      clearTimeout(timer);
      const late = () => end(reject, new Error(`tonecheck took longer than ${seconds} seconds`));
      timer = setTimeout(late, seconds * 1000);
    };
    port.onMessage.addListener((message) => {
      if (message.verdict) end(resolve, message);
      else within(message.seconds + GRACE);
    });
    port.onDisconnect.addListener(() => {
      const why = port.error?.message ?? "it ended without an answer";
      end(reject, new Error(`tonecheck does not answer: ${why}`));
    });
    within(TO_START);
    port.postMessage(fields);
  });
}

/** Let tonecheck load for the letter that is being written now. */
export function warm() {
  const port = messenger.runtime.connectNative(NAME);
  port.onDisconnect.addListener(() => {}); // sending will say what is wrong
  port.postMessage({ do: "warm" });
  setTimeout(() => port.disconnect(), TO_START * 1000);
}
