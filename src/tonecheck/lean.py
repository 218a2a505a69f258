"""Imports without what a checker never uses, so that a check starts at once.

`import spacy` runs spaCy's command line, which is half of its time; `import textblob` runs NLTK. Both
import torch or scikit-learn wherever these happen to be installed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

__all__ = ["bound_threads", "empty_package", "leave_out", "set_aside"]

# What spaCy's tensors can run on, and a checker's do not.
BACKENDS = ("torch", "tensorflow", "mxnet", "cupy")
# Where the libraries that NumPy multiplies with read how many threads to start when they are loaded.
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def bound_threads() -> None:
    """One thread for NumPy, as for the judge, unless the user says otherwise. Before NumPy is imported."""
    for name in THREADS:
        os.environ.setdefault(name, os.environ.get("TONECHECK_THREADS", "1"))


def leave_out(names: tuple[str, ...] = BACKENDS) -> None:
    """Make this process go without some libraries. Only for a process that is ours alone."""
    for name in names:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


class _StandIn(ModuleType):
    """A module whose names are functions that import the real module when they are called."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name.startswith("__"):
            raise AttributeError(name)

        def later(*arguments: object, **named: object) -> object:
            return getattr(import_module(self.__name__), name)(*arguments, **named)

        return later


@contextmanager
def set_aside(*names: str) -> Iterator[None]:
    """Within, these modules are stand-ins; afterwards they can be imported as ever."""
    placed = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        _take_away(placed)


@contextmanager
def empty_package(name: str) -> Iterator[None]:
    """Within, the package's modules can be imported without running the package's own file.

    Raises ImportError if there is no such package.
    """
    if name in sys.modules:
        yield
        return
    spec = find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"there is no package “{name}”", name=name)
    package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    placed = {name: package}
    sys.modules.update(placed)
    try:
        yield
    finally:
        _take_away(placed)


def _take_away(placed: Mapping[str, ModuleType]) -> None:
    for name, module in placed.items():
        if sys.modules.get(name) is module:
            del sys.modules[name]
