"""Go command lines: cobra, flag, urfave/cli, kong, go-flags, go-arg, hand-written help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.surface.go.usage import help_options
from moxi_core.records import Fact, RepoSnapshot

Golden = Callable[..., RepoSnapshot]
MOD = "module example.org/x/demo\n\ngo 1.22\n"


@pytest.mark.parametrize(
    "fixture", ["go_flag", "urfave_cli", "kong", "go_flags", "go_arg", "go_usage", "go_words"]
)
def test_command_lines(golden_facts: Golden, fixture: str) -> None:
    golden_facts(fixture, ["command", "option"])


def _options(root: Path, **files: str) -> dict[str, Fact]:
    (root / "go.mod").write_text(MOD, "utf-8")
    for name, text in files.items():
        (root / f"{name}.go").write_text(text, "utf-8")
    return {f"{f.scope} {f.value}".strip(): f for f in analyze(root).of("option")}


COBRA = 'package main\n\nimport "github.com/spf13/cobra"\n\n'


def test_a_command_that_is_never_added_is_not_a_command(tmp_path: Path) -> None:
    found = _options(
        tmp_path,
        main=COBRA
        + """
var root = &cobra.Command{Use: "demo"}
var stray = &cobra.Command{Use: "stray"}

func init() { stray.Flags().Bool("lost", false, ""); root.Flags().Bool("kept", false, "") }

func main() { root.Execute() }
""",
    )
    assert list(found) == ["--kept"]


def test_recursion_and_unknown_values_end(tmp_path: Path) -> None:
    found = _options(
        tmp_path,
        main=COBRA
        + """
func build(n int) *cobra.Command {
	c := &cobra.Command{Use: name(n)}
	c.AddCommand(build(n - 1), c)
	c.Flags().String(computed(), "", "")
	c.Flags().Int("size", compute(), "")
	return c
}
func name(n int) string { return name(n) }
func computed() string { return os.Args[0] }
func main() { build(3).Execute() }
""",
    )
    assert list(found) == ["--size"]
    assert "default" not in found["--size"].detail


def test_flags_in_every_shape_of_pflag(tmp_path: Path) -> None:
    found = _options(
        tmp_path,
        main=COBRA
        + """
func main() {
	c := &cobra.Command{Use: "demo [flags] [path]"}
	set := func(cmd *cobra.Command) { cmd.Flags().StringArrayP("tag", "t", []string{"a", "b"}, "tags") }
	set(c)
	c.Flags().Float64("ratio", -0.5, "")
	c.Flags().BoolP("all", "a", true, "")
	if err := c.Execute(); err != nil {
		panic(err)
	}
}
""",
    )
    assert found["--tag"].detail["default"] == "a,b"
    assert found["--tag"].detail["repeatable"] == "true"
    assert found["--ratio"].detail["default"] == "-0.5"
    assert found["--all"].detail["forms"] == "-a, --all"
    assert found["path"].detail["positional"] == "true"
    assert "required" not in found["path"].detail


def test_help_texts_need_several_options() -> None:
    text = b"Usage: x\n  -a  one thing\n  --bee=FILE  another\n"
    assert help_options("x.go", text) == {}
    found = help_options("x.go", text + b"  -c, --sea  a third\n             that goes on\n")
    assert found["--sea"].usage == "a third that goes on"
    assert found["--bee"].metavar == "FILE"
    assert found["-a"].takes == "flag"


def test_help_texts_joined_of_pieces() -> None:
    text = b"""Usage: x
  --define:K=V   replaces ` + colors.Bold + `K` + colors.Reset + ` by V
  --out=...      where to
  --watch        stays
"""
    found = help_options("x.go", text)
    assert found["--define"].usage == "replaces K by V"
    assert [f.separator for f in found.values()] == [":", "=", ""]
    assert [f.metavar for f in found.values()] == ["K=V", "", ""]


def test_examples_of_commands_are_calls_and_comments(tmp_path: Path) -> None:
    _options(
        tmp_path,
        main=COBRA
        + """
var root = &cobra.Command{Use: "demo <file>", Example: `
  # One file
  demo a.txt
  cat b.txt | demo -   `}
var talk = &cobra.Command{Use: "talk", Example: "This is how one talks:\ndemo talk"}
var empty = &cobra.Command{Use: "empty", Example: "# nothing"}

func main() { root.AddCommand(talk, empty); root.Execute() }
""",
    )
    (found,) = analyze(tmp_path).of("example")
    assert found.value == "# One file\ndemo a.txt\ncat b.txt | demo -"
    assert (found.detail["language"], found.detail["from"]) == ("sh", "help")


def test_values_that_double_are_given_up(tmp_path: Path) -> None:
    found = _options(
        tmp_path,
        main=COBRA
        + """
func main() {
	text, list := "aa", []string{"a"}
	for range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22} {
		text = text + text
		text = strings.ReplaceAll(text, "a", text)
		list = append(list, list...)
	}
	c := &cobra.Command{Use: "demo"}
	c.Flags().String("big", text, "")
	c.Execute()
}
""",
    )
    assert "default" not in found["--big"].detail


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet='abc(){}[]*&:="`.,\n \tfuncomandvr', max_size=300))
def test_broken_go_never_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    root = tmp_path_factory.mktemp("go")
    (root / "go.mod").write_text(MOD, "utf-8")
    (root / "main.go").write_text(COBRA + f"func main() {{ {text} }}\n", "utf-8")
    assert not [p for p in analyze(root).problems if "raised" in p.reason]
