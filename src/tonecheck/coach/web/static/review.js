// Words that are selected in a letter are the words to remove or to put back.

const words = document.getElementById("words");

document.addEventListener("selectionchange", () => {
  const selected = document.getSelection();
  const letter = selected.anchorNode?.parentElement?.closest(".letter");
  const text = String(selected).trim();
  if (letter && text) words.value = text;
});
