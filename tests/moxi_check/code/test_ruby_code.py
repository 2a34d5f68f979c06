"""Ruby code on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "demo.gemspec": 'Gem::Specification.new do |s|\n  s.name = "demo"\nend\n',
    "lib/demo.rb": "module Demo\n  LIMIT = 3\n  def self.render(text)\n  end\nend\n",
    "lib/demo/client.rb": "module Demo\n  class Client\n    def self.open\n    end\n  end\nend\n",
    "lib/demo/odd.rb": "module Demo\n  class Odd < Thing\n  end\nend\n",
    "lib/demo/magic.rb": "module Demo\n  class Magic\n"
    "    def self.method_missing(name)\n    end\n  end\nend\n",
}


def page(code: str) -> str:
    return f"# Demo\n\n```ruby\n{code}\n```\n"


@pytest.mark.parametrize(
    ("path", "verdict"),
    [("demo", "true"), ("demo/client", "true"), ("demo/clients", "false"), ("demos", "false")],
)
def test_requires(checked: Checked, path: str, verdict: str) -> None:
    assert checked(FILES, page(f'require "{path}"'), "import")[path].verdict == verdict


def test_a_gem_that_the_page_names_is_another_one(checked: Checked) -> None:
    code = 'gem "demo-multi"\nrequire "demo/multi"\nDemo::Multi.start'
    claims = checked(FILES, page(code), "import")
    assert claims["demo/multi"].verdict == "not_judged"
    assert checked(FILES, page(code), "api")["Multi"].verdict == "not_judged"


def test_requires_of_others_are_no_claims(checked: Checked) -> None:
    assert checked(FILES, page('require "json"\nrequire "net/http"'), "import") == {}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("Demo.render('a')", "render", "true"),
        ("Demo.paint('a')", "paint", "false"),
        ("Demo::LIMIT", "LIMIT", "true"),
        ("Demo::MOST", "MOST", "false"),
        ("Demo::Client.open", "open", "true"),
        ("Demo::Client.shut", "shut", "false"),
        ("Demo::Odd.shut", "shut", "not_judged"),
        ("Demo::Magic.shut", "shut", "not_judged"),
    ],
)
def test_names(checked: Checked, code: str, word: str, verdict: str) -> None:
    assert checked(FILES, page(code), "api")[word].verdict == verdict


@pytest.mark.parametrize(
    "code", ["Other.paint", "module Demo\n  class Mine\n  end\nend\nDemo::Mine.new", "Demo.new"]
)
def test_what_is_no_claim(checked: Checked, code: str) -> None:
    assert checked(FILES, page(code), "api") == {}


def test_code_spans(checked: Checked) -> None:
    claims = checked(FILES, "Call `Demo.render(text)` or `Demo.paint`.\n", "api")
    assert (claims["render"].verdict, claims["paint"].verdict) == ("true", "false")
