"""A long file in little room: its first lines, then the signatures of the rest."""

from __future__ import annotations

import pytest

from moxi_analyzer.languages import language_of
from moxi_analyzer.outline import GAP, outline

FILLER = "    # nothing to see\n" * 200


def test_a_short_file_is_whole() -> None:
    assert outline("x = 1\n", language_of("a.py"), 6) == ("x = 1\n", False)


def test_first_lines_then_signatures() -> None:
    text = f'"""Words."""\n{FILLER}def one(a: int) -> str:\n{FILLER}class Two:\n    def _no(self):\n{FILLER}'
    shown, is_cut = outline(text, language_of("a.py"), 1_000)
    assert is_cut
    assert len(shown) <= 1_000
    assert shown.startswith('"""Words."""\n    # nothing to see\n')
    assert shown.endswith(f"# nothing to see\n{GAP}\ndef one(a: int) -> str:\nclass Two:\n")
    assert len(shown) > 950


@pytest.mark.parametrize(
    ("path", "shown", "hidden"),
    [
        ("a.py", "    async def run(self):", "    def _run(self):"),
        ("a.ts", "export interface Options {", "  const x = 1"),
        ("a.js", "module.exports = { a }", "  return a"),
        ("a.go", "func (s *Server) Run() error {", "func (s *Server) run() error {"),
        ("a.go", "func main() {", "type hidden struct {"),
        ("a.rs", "    pub fn run(&self) -> u8 {", "    pub(crate) fn run(&self) -> u8 {"),
        ("a.java", "    public static void main(String[] args) {", "        int x = 1;"),
        ("a.kt", "fun main() {", "    val x = 1"),
        ("a.cs", "    public string Name { get; }", "        return 1;"),
        ("a.rb", "  def self.run(argv)", "    puts 1"),
        ("a.php", "    public function run(): int", "        return 1;"),
        ("a.c", "int run(int argc, char **argv)", "    return run(1);"),
        ("a.cpp", "class Runner {", "    if (x) {"),
        ("a.swift", "public func run() -> Int {", "    let x = 1"),
        ("a.dart", "abstract class Runner {", "    return 1;"),
        ("a.ex", "  def run(argv) do", "    argv"),
        ("a.hs", "run :: Int -> IO ()", "  where x = 1"),
        ("a.clj", "(defn run [argv]", "  (println argv)"),
        ("a.sh", "run() {", "  echo 1"),
        ("a.scala", "trait Runner {", "    val x = 1"),
    ],
)
def test_signatures_by_language(path: str, shown: str, hidden: str) -> None:
    text = f"{FILLER}{shown}\n{hidden}\n"
    found, is_cut = outline(text, language_of(path), 800)
    assert is_cut
    assert found.endswith(f"{GAP}\n{shown.rstrip()}\n")


def test_more_signatures_than_room() -> None:
    text = FILLER + "".join(f"def part_{n}(): ...\n" for n in range(500))
    shown, is_cut = outline(text, language_of("a.py"), 1_000)
    assert is_cut
    assert len(shown) <= 1_000
    assert shown.count("def part_") > 10
    assert shown.startswith("    # nothing to see\n" * 20)


def test_signatures_that_a_longer_head_reaches_are_not_told_twice() -> None:
    text = "x = 1\n" * 110 + "def one():\n" + "x = 1\n" * 500
    shown, is_cut = outline(text, language_of("a.py"), 1_000)
    assert is_cut
    assert shown.count("def one") == 1
    assert GAP not in shown
    assert 990 < len(shown) <= 1_000


@pytest.mark.parametrize("path", ["a.toml", "Makefile", "a.py", "a.dart", "a.java", "a.c"])
def test_one_endless_line(path: str) -> None:
    for text in ("x" * 300_000, "public " * 50_000, "A " * 100_000, "a" * 9_000 + "\n" + FILLER):
        shown, is_cut = outline(text, language_of(path), 1_000)
        assert is_cut
        assert shown == text[:1_000]


def test_no_secret_stands_where_others_were_taken_out() -> None:
    body = "\n".join(["MIIEowIBAAKCAQEA7Kd92mQpLr4Tz8WvN3bYc6HsJ1fGa5eUiOxKd92mQpLr4Tz8"] * 300)
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"
    token = "ghp_" + "x7Kd92mQpLr4Tz8WvN3bYc6HsJ1fGa5eUiOx"
    for before in range(0, 1_400, 100):
        text = "x = 1\n" * (before // 6) + key + f"t = '{token}'\n" * 20 + FILLER
        shown, _ = outline(text, language_of("a.py"), 1_000)
        assert "MIIEow" not in shown
        assert token[:8] not in shown
    many = f"t = '{token}'\n" * 3_000
    assert token[:8] not in outline(many, language_of("a.py"), 6_000)[0]
