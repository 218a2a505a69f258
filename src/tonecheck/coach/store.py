"""The training record opened: a file of one's own by default, or a PostgreSQL database by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from tonecheck.errors import RecordError

__all__ = ["REVISION", "Record", "default_file", "name_of", "open_record", "plainly", "recording"]

Record = Engine
REVISION = "0004"  # the newest step in migrations/versions
PATIENCE = 5  # seconds to wait for somebody else's writing
POSTGRESQL = "postgresql"
MIGRATING = Lock()  # alembic keeps where it is in globals
LOCKS = {"sqlite": "BEGIN IMMEDIATE", POSTGRESQL: "SELECT pg_advisory_xact_lock(7460726)"}


def default_file() -> Path:
    """Where the record lies if nothing else is said."""
    return user_data_path("tonecheck") / "coach.sqlite3"


def open_record(place: str | None = None) -> Record:
    """The record at a path or a PostgreSQL URL, made or brought up to date where needed.

    A new file is readable by its owner only. Raises RecordError.
    """
    if place is not None and "://" in place:
        engine, name = _by_url(place)
    else:
        path = Path(place) if place is not None else default_file()
        engine, name = _by_path(path), str(path)
    with plainly(name), engine.connect() as connection:
        _bring_up_to_date(connection, name)
    return engine


@contextmanager
def recording(record: Record) -> Iterator[Session]:
    """A session that is kept whole at its end, or not at all. Raises RecordError."""
    with plainly(name_of(record)), Session(record, expire_on_commit=False) as session, session.begin():
        yield session


def name_of(record: Record) -> str:
    """What messages call the record; without a passphrase."""
    return record.url.database or record.url.render_as_string()


def _by_path(path: Path) -> Record:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written: {error.strerror or error}") from None
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _make_careful)
    return engine


def _make_careful(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]
    # What is deleted, such as a client's name, must not stay in the file's free pages.
    connection.execute("PRAGMA secure_delete = ON")  # type: ignore[attr-defined]


def _by_url(url: str) -> tuple[Engine, str]:
    kind, _, rest = url.partition("://")
    if kind.split("+")[0] not in {POSTGRESQL, "postgres"}:
        raise RecordError(f"{kind}://…: not a kind of record that is known; give a path or {POSTGRESQL}://…")
    name = f"{POSTGRESQL}://{rest.rpartition('@')[2]}"
    try:
        return create_engine(f"{POSTGRESQL}+psycopg://{rest}"), name
    except (ArgumentError, ValueError) as error:
        raise RecordError(f"{name}: not a database's address: {error}") from None
    except (NoSuchModuleError, ModuleNotFoundError):
        raise RecordError(f"{name}: needs a driver; pip install 'tonecheck[postgresql]'") from None


@contextmanager
def plainly(name: str) -> Iterator[None]:
    """What the database says, in one line with the cure."""
    try:
        yield
    except DBAPIError as error:
        raise RecordError(f"{name}: {_cure(str(error.orig))}") from None
    except SQLAlchemyError as error:
        raise RecordError(f"{name}: {error}") from None


def _cure(said: str) -> str:
    """The database's own words, and what to do about them."""
    first = next((line for line in said.splitlines() if line.strip()), "the database does not say why")
    cures = {
        "locked": "somebody else is writing to it; try again in a moment",
        "full": "the disk is full; make room, nothing was lost but this last step",
        "not a database": "this file is no training record; name another one with --record",
        "readonly": "it may not be written; check whose file it is",
        "unable to open": "it cannot be opened; check the path and whose folder it is",
        "malformed": "the file is damaged; bring back a copy of it",
    }
    cure = next((cure for word, cure in cures.items() if word in first), None)
    return f"{first}: {cure}" if cure else first


def _bring_up_to_date(connection: Connection, name: str) -> None:
    """Migrate to the newest layout; of several that start at once, one does it and the others wait."""
    if _revision(connection) == REVISION:
        return
    connection.rollback()
    with MIGRATING:
        connection.exec_driver_sql(LOCKS[connection.dialect.name])
        found = _revision(connection)
        if found is not None and found > REVISION:
            raise RecordError(
                f"{name}: written by a newer tonecheck (layout {found}, here {REVISION}); update tonecheck"
            )
        if found is None and inspect(connection).get_table_names():
            raise RecordError(f"{name}: holds tables of something else; name another record with --record")
        if found != REVISION:
            _migrate(connection)
        connection.commit()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
