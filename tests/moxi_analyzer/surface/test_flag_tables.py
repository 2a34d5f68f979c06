"""Rust programs that keep a type per option, and options told twice."""

from __future__ import annotations

from pathlib import Path

from moxi_analyzer import analyze
from moxi_core.records import Fact

CARGO = '[package]\nname = "lamp"\nversion = "1.0.0"\n'


def _flag(name: str, trait: str = "Flag", more: str = "") -> str:
    return (
        f"/// -{name}\nimpl {trait} for {name.title()} {{\n"
        f'    fn name_long(&self) -> &\'static str {{\n        "{name}"\n    }}\n{more}'
        f'    fn doc_short(&self) -> &\'static str {{\n        r"Sets the {name}."\n    }}\n'
        "    fn update(&self, v: Value) -> Result<()> {\n        if v { Ok(()) } else { no() }\n    }\n}\n\n"
    )


MORE = """\
    fn is_switch(&self) -> bool {
        false
    }
    fn name_short(&self) -> Option<u8> {
        Some(b'c')
    }
    fn name_negated(&self) -> Option<&'static str> {
        Some("no-colour")
    }
    fn doc_variable(&self) -> Option<&'static str> {
        Some("WHEN")
    }
    fn doc_choices(&self) -> &'static [&'static str] {
        &["never", "always"]
    }
"""


def _options(root: Path, files: dict[str, str]) -> dict[str, Fact]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return {f.value: f for f in analyze(root).of("option")}


def test_a_type_for_each_flag(tmp_path: Path) -> None:
    flags = _flag("colour", more=MORE) + _flag("fast") + _flag("warm")
    other = _flag("one", "Theme") + _flag("two", "Theme")
    page = ".TH LAMP 1\n.SH NAME\nlamp \\- shines\n.SH OPTIONS\n.TP\n\\fB\\-\\-no\\-colour\\fR\nNo colour.\n"
    files = {
        "Cargo.toml": CARGO, "src/main.rs": "fn main() {}\n",
        "src/flags.rs": flags + other, "doc/lamp.1": page,
    }  # fmt: skip
    found = _options(tmp_path, files)
    assert set(found) == {"--colour", "--fast", "--warm"}
    colour = found["--colour"]
    assert colour.text == "Sets the colour."
    assert colour.evidence.line == 2
    assert colour.detail["forms"] == "--colour, -c, --no-colour"
    assert colour.detail["metavar"] == "WHEN"
    assert colour.detail["choices"] == "never, always"
    assert (colour.detail["takes"], found["--fast"].detail["takes"]) == ("value", "flag")
    assert {f.detail["program"] for f in found.values()} == {"lamp"}


def test_pages_of_programs_beside_each_other(tmp_path: Path) -> None:
    def page(name: str, call: str) -> str:
        return f"# {name}(1) -- does it\n\n## SYNOPSIS\n\n`{call}` [`-y`]\n\n## OPTIONS\n\n* `-y`:\n    Says yes.\n"

    for name, call in (("lamp", "lamp"), ("lamp-key", "lamp-key"), ("lamp-add", "lamp add")):
        (tmp_path / "doc").mkdir(exist_ok=True)
        (tmp_path / f"doc/{name}.1.ronn").write_text(page(name, call))
    found = {(f.detail["program"], f.scope) for f in analyze(tmp_path).of("option")}
    assert found == {("lamp", ""), ("lamp-key", ""), ("lamp", "add")}
