"""Settings: `.tonecheck.toml` or `[tool.tonecheck]` upwards from the file, then the user's own."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from tonecheck.errors import ConfigError
from tonecheck.profile import DEFAULT_PROFILE, PROFILES
from tonecheck.report import FAULTS

__all__ = ["Config", "fingerprint", "keep_ignored", "load", "user_file"]

KEYS = {
    "profile": f"one of {', '.join(PROFILES)}",
    "limits": "a table of limits per fault, such as { excuses = 40 }",
    "off": "a list of rule ids or folders that stay silent",
    "rules": "a list of folders with rules of your own",
    "accept": "a table: rule id = [words that it may say]",
    "own_domains": "a list of your own mail domains",
    "clients": "a list of the addresses and domains that are clients",
    "teams": "a table: team = [the addresses of its people]",
    "timeout": "the seconds that a hook may take, a number above 0 and at most 600",
    "on_fault": "“send” or “hold”: what a hook does with a mail that it fails to check",
    "daemon": "“on” (used where it runs, hooks start it), “auto” (checks start it too) or “off”",
    "ignore": "a list of fingerprints that `tonecheck ignore` keeps",
}
CHOICES = {"on_fault": ("send", "hold"), "daemon": ("on", "auto", "off")}
DEFAULT_LIMIT = 50
LONGEST_TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Config:
    """All settings with their defaults; `origins` tells for each key which file set it."""

    profile: str = DEFAULT_PROFILE
    limits: Mapping[str, int] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    accept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_domains: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timeout: float = 5
    on_fault: str = "send"
    daemon: str = "on"
    ignore: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    def limit(self, fault: str) -> int:
        """The highest score of this fault that passes."""
        return self.limits.get(fault, DEFAULT_LIMIT)

    def for_checks(self) -> tuple[object, ...]:
        """The settings that a report depends on."""
        return self.profile, self.off, self.rules, self.accept, self.ignore, self.only

    def is_off(self, rule: str) -> bool:
        """Whether the rule, or a folder that it is in, is switched off, or not among `only`."""
        off = (*self.off, *PROFILES[self.profile].off)
        return _among(rule, off) or (bool(self.only) and not _among(rule, self.only))

    def accepts(self, rule: str, words: str) -> bool:
        """Whether the user lets this rule's words pass, or ignores this very finding."""
        if words.casefold() in (w.casefold() for w in self.accept.get(rule, ())):
            return True
        return fingerprint(rule, words) in self.ignore


def _among(rule: str, names: tuple[str, ...]) -> bool:
    return any(rule == name or rule.startswith(name.rstrip("/") + "/") for name in names)


def fingerprint(rule: str, words: str) -> str:
    """A short name for a rule and the words it marked, whatever their case and line breaks."""
    plain = f"{rule}\n{' '.join(words.casefold().split())}"
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def keep_ignored(place: Path, rule: str, words: str) -> Path:
    """Add the fingerprint of rule and words to the settings; the file that now holds it.

    `place` is a settings file, or a draft or folder: then its project's `.tonecheck.toml`, made
    beside it where there is none. Comments and order in the file stay. Raises ConfigError.
    """
    import tomlkit

    path = place if place.suffix == ".toml" else _ignore_file(place.absolute())
    try:
        document = tomlkit.parse(path.read_text("utf8")) if path.exists() else tomlkit.document()
        table: Any = document
        if path.name == "pyproject.toml":
            table = document.setdefault("tool", {}).setdefault("tonecheck", {})
        kept = table.setdefault("ignore", [])
        mark = fingerprint(rule, words)
        if mark not in kept:
            kept.append(mark)
        path.write_text(tomlkit.dumps(document), "utf8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be changed: {error}") from None
    return path


def _ignore_file(start: Path) -> Path:
    found = _project_file(start)
    folder = start if start.is_dir() else start.parent
    return found or folder / ".tonecheck.toml"


def user_file() -> Path:
    """The settings of this user, for every draft."""
    return user_config_path("tonecheck") / "tonecheck.toml"


def load(start: Path | None = None) -> Config:
    """The settings that hold for a file or folder: defaults, the user's, then the project's.

    Raises ConfigError, with file and line, for what cannot be read or is not known.
    """
    config = Config()
    files = [user_file(), _project_file((start or Path.cwd()).absolute())]
    for path in files:
        if path is not None and path.is_file():
            config = _merged(config, path)
    return config


def _project_file(start: Path) -> Path | None:
    folder = start if start.is_dir() else start.parent
    for place in (folder, *folder.parents):
        for name in (".tonecheck.toml", "pyproject.toml"):
            path = place / name
            if path.is_file() and (name != "pyproject.toml" or _table(path)):
                return path
    return None


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: not a readable TOML file: {error}") from None
    if path.name == "pyproject.toml":
        found: dict[str, Any] = table.get("tool", {}).get("tonecheck", {})
        return found
    return table


def _merged(config: Config, path: Path) -> Config:
    values = dict(_checked(path, _table(path)))
    origins = {**config.origins, **{key: str(path) for key in values}}
    return replace(config, **values, origins=origins)


def _checked(path: Path, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1, 0.4)
            cure = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(KEYS)}"
            raise ConfigError(f"{_place(path, key)}: unknown setting “{key}”; {cure}")
        yield key, _value(path, key, value)


def _value(path: Path, key: str, value: Any) -> Any:
    wrong = ConfigError(f"{_place(path, key)}: {key} must be {KEYS[key]}")
    if key == "profile":
        if value not in PROFILES:
            raise wrong
        return value
    if key == "limits":
        return _limits(path, value, wrong)
    if key in {"accept", "teams"}:
        if not isinstance(value, dict) or not all(map(_is_words, value.values())):
            raise wrong
        return {name: tuple(words) for name, words in value.items()}
    if key in CHOICES:
        if value not in CHOICES[key]:
            raise wrong
        return value
    if key == "timeout":
        if not _is_number(value) or not 0 < value <= LONGEST_TIMEOUT:
            raise wrong
        return value
    if not _is_words(value):
        raise wrong
    if key == "rules":
        return tuple(path.parent / folder for folder in value)
    return tuple(value)


def _limits(path: Path, value: Any, wrong: ConfigError) -> dict[str, int]:
    if not isinstance(value, dict):
        raise wrong
    for fault, limit in value.items():
        if fault not in FAULTS:
            near = get_close_matches(fault, FAULTS, 1, 0.4)
            cure = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(FAULTS)}"
            raise ConfigError(f"{_place(path, fault)}: unknown fault “{fault}”; {cure}")
        if not isinstance(limit, int) or not _is_number(limit) or not 0 <= limit <= 100:
            raise ConfigError(f"{_place(path, fault)}: the limit of {fault} is a number from 0 to 100")
    return dict(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _place(path: Path, word: str) -> str:
    lines = path.read_text("utf8").splitlines()
    return f"{path}:{next((n for n, line in enumerate(lines, 1) if word in line), 1)}"
