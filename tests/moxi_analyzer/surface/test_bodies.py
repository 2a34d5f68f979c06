"""Source files without the bodies of their functions."""

from __future__ import annotations

import pytest

from moxi_analyzer.surface.bodies import without_bodies
from moxi_analyzer.syntax import Source

RUBY = """\
class Demo
  # Wraps.
  def wrap(text, width = size(80)) # columns

    text.each do |line|
      cut(line)
    end
  end

  def self.plain
    <<~TEXT
      end
    TEXT
  end
end
"""
RUBY_LEFT = """\
class Demo
  # Wraps.
  def wrap(text, width = size(80)) # columns




  end

  def self.plain



  end
end
"""
PHP = """\
<?php
namespace Demo;

class Text
{
    /** Wraps. */
    public function wrap(string $text): string
    {
        return $text;
    }

    public function cut(
        string $text,
    ): string {
        foreach ($text as $line) {
            $this->say($line);
        }
    }
}
"""
PHP_LEFT = """\
<?php
namespace Demo;

class Text
{
    /** Wraps. */
    public function wrap(string $text): string
    {

    }

    public function cut(
        string $text,
    ): string {



    }
}
"""


@pytest.mark.parametrize(
    ("grammar", "text", "left"), [("ruby", RUBY, RUBY_LEFT), ("php", PHP, PHP_LEFT)]
)
def test_bodies_become_empty_lines(grammar: str, text: str, left: str) -> None:
    assert without_bodies(Source("a", grammar, text.encode())).content.decode() == left


@pytest.mark.parametrize(
    ("grammar", "text"),
    [
        ("ruby", "def wrap(text,\n    width)\n  cut\nend\n"),  # parameters on the next line
        ("ruby", "def wrap\n  cut\nrescue Wrong\n  nil\nend\n"),
        ("ruby", "def wrap\n  <<-TEXT\ntext\n  TEXT\nend\n"),
        ("ruby", "def wrap = cut\n"),
        ("ruby", "class Demo\n  attr_reader :text\nend\n"),
        ("ruby", "def wrap\n  cut\n"),  # never ends
        ("php", "<?php\nnamespace Demo {\n    class Text\n    {\n        public $a;\n    }\n}\n"),
        ("php", "<?php\n    function make()\n    {\n        class Made {}\n    }\n"),
        ("php", "<?php\nclass A\n{\n    function b()\n    {\n$x;\n    }\n}\n"),
    ],
)
def test_a_text_that_indentation_does_not_tell_surely_is_kept(grammar: str, text: str) -> None:
    assert without_bodies(Source("a", grammar, text.encode())).content.decode() == text


def test_many_lines_are_looked_through_once() -> None:
    text = b"  def a\n" * 20_000 + b"\n" * 100_000 + b"    x\n" * 50_000

    assert without_bodies(Source("a.rb", "ruby", text)).content == text
