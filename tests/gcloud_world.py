"""The rules of the stand-in's cloud, for tests to ask the same questions of its state."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

_FOLDER = str(Path(__file__).parent / "gcloud_stand_in")
sys.path.insert(0, _FOLDER)  # the stand-in's modules name each other without a package
try:
    world = importlib.import_module("world")
    iam = importlib.import_module("iam")
    commands = importlib.import_module("commands")
finally:
    sys.path.remove(_FOLDER)
