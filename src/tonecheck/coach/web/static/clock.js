// How much of the time is left. Nothing happens when it is over: what is written stays.

const place = document.getElementById("clock");
const end = performance.now() + 1000 * Number(place.dataset.left);

function tell() {
  const left = Math.ceil((end - performance.now()) / 1000);
  place.textContent =
    left > 0
      ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left.`
      : "The time is over; finish your sentence.";
  if (left > 0) setTimeout(tell, 1000);
}

tell();
