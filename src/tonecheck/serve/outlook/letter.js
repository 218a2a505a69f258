// The letter in Outlook's compose window, and the question to tonecheck serve. No module: Outlook loads it early.

const TOKEN = "tonecheck-token"; // kept by the browser inside Outlook, for this address alone
const PICTURE = /(\ssrc\s*=\s*["']?)data:[^"'\s>]*/gi; // long, and no words

/** What an asynchronous method of Outlook's gives; rejects with an Error. */
function given(object, method, ...options) {
  return new Promise((resolve, reject) => {
    object[method](...options, ({ status, value, error }) => {
      if (status === Office.AsyncResultStatus.Succeeded) resolve(value);
      else reject(new Error(error?.message ?? "Outlook does not say what is in the letter"));
    });
  });
}

/** The letter's fields, as tonecheck reads them. */
async function fieldsOf(item) {
  const address = (one) => `${one.displayName.replace(/[<>@",;]/g, " ")} <${one.emailAddress}>`;
  const [from, to, cc, bcc, subject, body] = await Promise.all([
    given(item.from, "getAsync"),
    given(item.to, "getAsync"),
    given(item.cc, "getAsync"),
    given(item.bcc, "getAsync"),
    given(item.subject, "getAsync"),
    given(item.body, "getAsync", Office.CoercionType.Html),
  ]);
  return {
    from: address(from),
    to: to.map(address),
    cc: cc.map(address),
    bcc: bcc.map(address),
    subject,
    html: true,
    body: body.replace(PICTURE, "$1"),
  };
}

/** The gate's decision on the letter; rejects with an Error that says why there is none. */
async function decisionOn(item) {
  const token = localStorage.getItem(TOKEN);
  if (!token) throw new Error("tonecheck has no token yet; open its pane and put it in");
  const fields = await fieldsOf(item);
  const answer = await fetch("/api/gate", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(fields),
  }).catch(() => {
    throw new Error("tonecheck serve does not answer; start it again");
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}
