"""The `tonecheck` command: asks the warm daemon where it can, and else does the work itself."""

from __future__ import annotations

import os
import sys

__all__ = ["in_this_process", "main"]

BY_DAEMON = ("check", "fix", "gate")


def main() -> None:
    """Run what the command line says. Click and all that is heavy load only where they are needed."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["sendmail"]:
        from tonecheck.hooks.sendmail import sendmail

        status = sendmail(arguments[1:])
    elif arguments and arguments[0] in BY_DAEMON:
        from tonecheck.serve.client import run

        status = run(arguments)
    else:
        status = None
    if status is not None:
        sys.exit(status)
    in_this_process()


def in_this_process() -> None:
    """Run the command without the daemon, in a process that is its own."""
    from tonecheck.lean import bound_threads, leave_out

    bound_threads()
    leave_out()
    from tonecheck.cli import main as command

    try:
        command()
    except SystemExit as end:
        gate = sys.modules.get("tonecheck.hooks.gate")
        if gate is None or not gate.left_behind():
            raise
        # Python would abort over a thread inside a C++ library, and the exit status be lost.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0)


if __name__ == "__main__":
    main()
