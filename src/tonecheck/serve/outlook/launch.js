// Outlook calls this when Send is pressed. It always completes: whatever goes wrong lets the letter go.

const MOST_WORDS = 500; // what Outlook shows of a message in its dialog
const MOST_REMARK = 150; // and above the letter

/** Let the letter go, or have Outlook ask its writer, who can always send it anyway. */
function onMessageSend(event) {
  const { item } = Office.context.mailbox;
  let open = true;
  const complete = (options) => {
    if (open) event.completed(options);
    open = false;
    clearTimeout(timer);
  };
  const letGo = (why) => {
    if (open) remark(item, `tonecheck: sent unchecked: ${why}`);
    complete({ allowEvent: true });
  };
  const timer = setTimeout(() => letGo(`it took longer than ${SECONDS} seconds`), SECONDS * 1000);
  decisionOn(item)
    .then(({ verdict, reason, fault }) => {
      if (verdict !== "send") complete(question(reason));
      else if (fault) letGo(fault);
      else complete({ allowEvent: true });
    })
    .catch((error) => letGo(error.message));
}

function question(reason) {
  const errorMessage = short(`tonecheck: ${reason}`, MOST_WORDS);
  return { allowEvent: false, errorMessage, cancelLabel: "Show me", commandId: "tonecheck.pane" };
}

/** A line above the letter, where Outlook still shows it. */
function remark(item, words) {
  try {
    const type = Office.MailboxEnums.ItemNotificationMessageType.ErrorMessage;
    item.notificationMessages.replaceAsync("tonecheck", { type, message: short(words, MOST_REMARK) });
  } catch (error) {
    console.warn(words, error);
  }
}

const short = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

Office.actions.associate("onMessageSend", onMessageSend);
