"""Command lines of code blocks: words with their places, folders, output told from commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_check.document import CodeBlock, Span
from moxi_check.shell import Command, command_line, commands, is_placeholder


def parsed(text: str, language: str = "sh") -> list[Command]:
    return commands(CodeBlock(text, 1, 1, language))


def texts(text: str, language: str = "sh") -> list[list[str]]:
    return [[word.text for word in command.words] for command in parsed(text, language)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a b  c", [["a", "b", "c"]]),
        ("a 'b c' \"d e\"", [["a", "b c", "d e"]]),
        ("a && b || c; d | e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a \\\n  b", [["a", "b"]]),
        ("A=1 B=2 a", [["a"]]),
        ("a # b", [["a"]]),
        ("a > out.txt 2>&1", [["a"]]),
        ("$ a\nprinted\n$ b", [["a"], ["b"]]),
        ("user@host:~$ a", [["a"]]),
        ("cat > x <<EOF\nnot a command\nEOF\nb", [["cat"], ["b"]]),
        ("a <file>", [["a", "<file>"]]),
        ("a [--flag]", [["a", "[--flag]"]]),
    ],
)
def test_words(text: str, wanted: list[list[str]]) -> None:
    assert texts(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$ a -w\nerror: Found argument '-w'\n$ b", [["b"]]),
        ("$ a -w\na: error: unrecognized arguments: -w\n$ b", [["b"]]),
        ("$ a | c -w\nfatal: no\n", []),
        ("$ a \\\n  -w\nUnknown option: -w\n$ b", [["b"]]),
        ("$ a\nx.py:3: error: what it found\n$ b", [["a"], ["b"]]),
        ("$ a\n0 errors\n$ b", [["a"], ["b"]]),
        ("$ a\n$ error-page b", [["a"], ["error-page", "b"]]),
    ],
)
def test_what_is_shown_as_going_wrong_is_left_out(text: str, wanted: list[list[str]]) -> None:
    assert texts(text) == wanted


def test_other_languages_hold_no_commands() -> None:
    assert texts("import demo", "python") == []
    assert texts("a b", "") == [["a", "b"]]


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("cd a/b\nx", "a/b"),
        ("cd a && cd ..\nx", ""),
        ("git clone https://h.example/o/demo.git\ncd demo/web\nx", "web"),
        ("mkdir new && cd new\nx", None),
        ("cd ~/demo\nx", None),
        ("cd $HOME\nx", None),
        ("cd ..\nx", None),
        ("cd /path/to/demo\nx", "demo"),
        ("cd path/to/demo/web\nx", "demo/web"),
        ("cd /code/path/to/demo/\nx", "demo"),
        ("cd /var/demo\nx", None),
    ],
)
def test_folders(text: str, folder: str | None) -> None:
    assert parsed(text)[-1].folder == folder


@pytest.mark.parametrize("word", ["<name>", "your-app", "path/to/x", "[options]", "...", "my_file"])
def test_placeholders(word: str) -> None:
    assert is_placeholder(word)


@pytest.mark.parametrize("word", ["demo", "mypy", "src/app.py", "--color", "format"])
def test_no_placeholders(word: str) -> None:
    assert not is_placeholder(word)


@given(st.text(max_size=80))
def test_any_line_is_read_and_places_are_right(text: str) -> None:
    line = text.replace("\n", " ")
    for command in command_line(Span(line, 3, 5)):
        for word in (*command.words, *command.variables, *command.redirected):
            assert word.line == 3
            assert line[word.column - 5 :].startswith(word.raw)


@given(st.lists(st.text(alphabet="ab '\"\\<>[]{}$`|&;()#\t=-\n", max_size=30), max_size=4))
def test_any_block_is_read_and_places_are_right(lines: list[str]) -> None:
    text = "\n".join(lines)
    rows = text.split("\n")
    for command in parsed(text):
        for word in command.words:
            assert rows[word.line - 1][word.column - 1 :].startswith(word.raw)
