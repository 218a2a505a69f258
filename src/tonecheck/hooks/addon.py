"""Thunderbird's add-on as one file, the same bytes from the same sources."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from tonecheck import __version__

__all__ = ["NAME", "add_on_id", "packed"]

# What the host is called, here, in its manifest and in the add-on.
NAME = "tonecheck"
FOLDER = Path(__file__).parent / "thunderbird"
PAGE = Path(__file__).parents[1] / "serve" / "page"
# The panel looks like the page of `tonecheck serve`.
SHARED = ("cards.js", "icon.svg", "page.css", "text.js")
# The first moment that a zip file can name.
MOMENT = (1980, 1, 1, 0, 0, 0)


def add_on_id() -> str:
    """What Thunderbird knows the add-on by."""
    found: str = _manifest()["browser_specific_settings"]["gecko"]["id"]
    return found


def packed() -> bytes:
    """The add-on as an .xpi file."""
    files = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    files |= {name: (PAGE / name).read_bytes() for name in SHARED}
    files["manifest.json"] = json.dumps({**_manifest(), "version": __version__}, indent=2).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return made.getvalue()


def _manifest() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = json.loads((FOLDER / "manifest.json").read_text("utf8"))
    return found
