"""Shell frameworks: their installer, its variables, and the settings of their startup file."""

from __future__ import annotations

from pathlib import Path

from moxi_analyzer import analyze
from moxi_infer import compose

_INSTALL = """#!/bin/sh
# Run it so:
#   sh -c "$(curl -fsSL https://raw.example.org/acme/tide/main/tools/install.sh)"
# or
#   sh -c "$(wget -qO- https://raw.example.org/acme/tide/main/tools/install.sh)"
#
# Variables:
#   TIDE   - where it goes (default: $HOME/.tide). See [1]
#   BRANCH - what is checked out (default: main)
#   NEVER  - no longer read
#   --quiet: says nothing
BRANCH=${BRANCH:-main}
TIDE="${TIDE:-$HOME/.tide}"
while [ $# -gt 0 ]; do
  case $1 in
    --quiet) quiet=yes ;;
  esac
  shift
done
"""
_RC = """# Path to Tide.
export TIDE="$HOME/.tide"

# The theme.
# One of many.
TIDE_THEME="ebb"

# Uncomment the following line to hush it.
# TIDE_HUSH="true"

export MANPATH="/usr/man:$MANPATH"
"""


def _tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def test_an_installer_and_a_startup_file(tmp_path: Path) -> None:
    files = {"tools__install_dot_sh": _INSTALL, "templates__zshrc_dot_template": _RC}
    files["tide_dot_sh"] = "echo ebb\n"
    snapshot = analyze(_tree(tmp_path, **files))
    (command,) = [f for f in snapshot.of("test_command") if f.detail["purpose"] == "install"]
    assert command.value.startswith('sh -c "$(curl -fsSL https://')
    variables = {f.value: (f.text, f.detail.get("default", "")) for f in snapshot.of("env_var")}
    assert variables == {
        "BRANCH": ("what is checked out", "main"),
        "TIDE": ("where it goes", ""),
    }
    settings = {f.value: (f.text, f.detail.get("default", "")) for f in snapshot.of("input")}
    assert settings == {
        "TIDE": ("Path to Tide.", ""),
        "TIDE_THEME": ("The theme. One of many.", "ebb"),
        "TIDE_HUSH": ("hush it.", ""),
    }
    assert snapshot.project_type.name == "scripts"
    text = compose(snapshot).markdown
    assert "A collection of Shell scripts." in text
    assert "With the installer [`tools/install.sh`](tools/install.sh):" in text
    assert "`--quiet`" in text
    assert "| `TIDE_THEME` | The theme. One of many. | `ebb` |" in text


def test_another_projects_installer_is_not_its_own(tmp_path: Path) -> None:
    text = "#!/bin/sh\n#   curl -sSf https://sh.example.org/other.sh | sh\n#   curl -O https://x.org/install.sh; sh install.sh\n"
    snapshot = analyze(_tree(tmp_path, install_dot_sh=text))
    assert not [f for f in snapshot.of("test_command") if f.detail["purpose"] == "install"]


def test_two_settings_are_no_template(tmp_path: Path) -> None:
    snapshot = analyze(_tree(tmp_path, templates__bashrc="A_ONE=1\nA_TWO=2\n"))
    assert not list(snapshot.of("input"))
