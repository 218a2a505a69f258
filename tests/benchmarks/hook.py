"""What a hook costs: medians of whole processes, as ratios to `python -c pass`.

    python tests/benchmarks/hook.py [ROUNDS]

Starts a daemon of its own in a folder of its own, and takes the kinds in turns, so that a busy
machine slows all of them alike. Run it with the tonecheck that is to be measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from statistics import median

DRAFT = """\
From: Gus <gus@moreno.example>
To: Beth <beth@whitaker.example>
Subject: Re: No plumber

Hi Beth,

Thank you for writing. I am sorry that nobody came on Tuesday morning. You had taken the morning off work for us, and
the water ran down your wall for two more hours; that was our mistake. We had moved your visit to the afternoon in our
calendar, and I did not call you to ask whether that suits you.

I will be at your house at four o'clock today, and I bring the valve and the seal with me, so that the pipe is closed
before the evening. You will not pay for this visit. If the wall needs paint or plaster after it has dried, please send
me the bill, and we will pay it within a week.

From now on no visit is moved before the client has agreed. If four o'clock is too late for you, please call me on
0161 496 0381.

Kind regards,
Gus
"""


Kinds = dict[str, tuple[list[str], bool]]


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "TONECHECK"))}
        os.environ.clear()
        os.environ.update(clean, HOME=home, XDG_RUNTIME_DIR=home)
        settings = Path(home, ".config", "tonecheck", "tonecheck.toml")
        settings.parent.mkdir(parents=True)
        settings.write_text("timeout = 60\n", "utf8")
        draft = Path(home, "draft.eml")
        script = str(Path(sys.executable).with_name("tonecheck"))
        kinds: Kinds = {
            "python -c pass": ([sys.executable, "-c", "pass"], False),
            "sendmail, unchecked": (["env", "TONECHECK=off", script, "sendmail", "--", "/bin/true"], False),
            "sendmail, a new draft": ([script, "sendmail", "--", "/bin/true"], True),
            "sendmail, the same again": ([script, "sendmail", "--", "/bin/true"], False),
            "check, a new draft": ([script, "check", str(draft)], True),
            "check, the same again": ([script, "check", str(draft)], False),
        }
        subprocess.run([script, "daemon", "start"], check=True)
        try:
            measure(kinds, draft, rounds)
            subprocess.run([script, "daemon", "status"], check=True)
        finally:
            subprocess.run([script, "daemon", "stop"], check=True)


def measure(kinds: Kinds, draft: Path, rounds: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    texts = count()
    draft.write_text(DRAFT, "utf8")
    for _ in range(rounds):
        for name, (command, is_new) in kinds.items():
            if is_new:  # every paragraph of the letter is another one
                number = next(texts)
                draft.write_text(
                    DRAFT.replace("Tuesday", f"Tuesday {number}").replace("four", f"{number}"), "utf8"
                )
            with draft.open("rb") as mail:
                begun = time.perf_counter()
                subprocess.run(command, stdin=mail, stdout=subprocess.DEVNULL, check=True)
                taken[name].append(time.perf_counter() - begun)
    base = median(taken["python -c pass"])
    print(f"A letter of {len(DRAFT.split())} words, {rounds} rounds; medians")
    for name, times in taken.items():
        print(
            f"{name:<26}{1000 * median(times):>6.0f} ms {median(times) / base:>6.1f} ×   best {1000 * min(times):.0f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
