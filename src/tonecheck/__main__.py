"""`python -m tonecheck`, and the command `tonecheck`."""

from tonecheck.lean import leave_out


def main() -> None:
    """Run the command in a process that is its own."""
    leave_out()
    from tonecheck.cli import main as command

    command()


if __name__ == "__main__":
    main()
