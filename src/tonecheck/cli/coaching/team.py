"""`tonecheck coach import` and `tonecheck coach review`: the team's own material."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tonecheck.cli.reading import kind_option, own_option

if TYPE_CHECKING:
    from tonecheck.cli.coach import Desk

__all__ = ["import_", "review"]


@click.command(
    "import",
    epilog="Example: tonecheck coach import Sent.mbox Inbox.mbox --own-domain acme.example --region GB",
)
@click.argument("paths", nargs=-1, required=True, metavar="MBOX|MAILDIR|FOLDER|JSONL…")
@own_option
@click.option(
    "--region", metavar="GB|US|…", help="The country whose telephone numbers are written without +."
)
@kind_option
@click.option("--trade", default="our team", show_default=True, help="What the cases are of.")
@click.option("--text-field", default="text", show_default=True, help="JSON lines: the field with the reply.")
@click.option("--client-field", default="client", show_default=True, help="… and with the client's message.")
@click.pass_obj
def import_(
    desk: Desk,
    paths: tuple[str, ...],
    own: tuple[str, ...],
    region: str | None,
    kind: str | None,
    trade: str,
    text_field: str,
    client_field: str,
) -> None:
    """Take in your team's own replies, with people taken out.

    Reads what your own domains sent to others, beside the client's message; give the
    inbox too. Names, addresses and numbers are replaced. Only you see the cases until
    you have reviewed each. Ctrl-C stops; the same command goes on, and no mail comes twice.
    """
    from tonecheck.cli.coaching.importing import bring_in, input_for
    from tonecheck.cli.coaching.joining import some_trainer
    from tonecheck.cli.reading import config_for

    own = own or config_for(paths[0]).own_domains
    given = input_for(paths, own, kind, text=text_field, client=client_field)
    record = desk.open()
    bring_in(record, some_trainer(record, desk.name), given, region, trade)


@click.command(epilog="Example: tonecheck coach review 12 --remove Kevin --clear --edit")
@click.argument("number", type=int, required=False)
@click.option("--remove", "removed", multiple=True, metavar="WORDS", help="Take these words out, too.")
@click.option("--keep", "kept", multiple=True, metavar="WORDS", help="Put these words back.")
@click.option("--clear", "cleared", is_flag=True, help="Nobody can be known from it: trainers may see it.")
@click.option("--edit", "edited", is_flag=True, help="Mark it in your editor; then it is practised.")
@click.option("--reject", "rejected", is_flag=True, help="Throw it away.")
@click.pass_obj
def review(
    desk: Desk,
    number: int | None,
    removed: tuple[str, ...],
    kept: tuple[str, ...],
    cleared: bool,
    edited: bool,
    rejected: bool,
) -> None:
    """Review and mark the team's own cases.

    Without a NUMBER it lists them, with one it shows the case: what was taken out of
    it and what may still be a name.
    """
    from tonecheck.cli.coaching.joining import some_trainer
    from tonecheck.cli.coaching.reviewing import change, list_cases

    record = desk.open()
    trainer = some_trainer(record, desk.name)
    if number is None:
        list_cases(record, trainer)
        return
    change(
        record, trainer, number, removed=removed, kept=kept, cleared=cleared, edited=edited, rejected=rejected
    )
