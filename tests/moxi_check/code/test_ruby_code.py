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
        ("Demo.renders('a')", "renders", "false"),
        ("Demo.paint('a')", "paint", "not_judged"),
        ("Demo::LIMIT", "LIMIT", "true"),
        ("Demo::LIMITS", "LIMITS", "false"),
        ("Demo::MOST", "MOST", "not_judged"),
        ("Demo::Client.open", "open", "true"),
        ("Demo::Client.opens", "opens", "false"),
        ("Demo::Client.shut", "shut", "not_judged"),
        ("Demo::Odd.opens", "opens", "not_judged"),
        ("Demo::Magic.opens", "opens", "not_judged"),
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
    claims = checked(FILES, "Call `Demo.render(text)` or `Demo.rendered`.\n", "api")
    assert (claims["render"].verdict, claims["rendered"].verdict) == ("true", "false")


DSL = {
    "demo.gemspec": FILES["demo.gemspec"],
    "lib/demo.rb": "module Demo\n  class Base\n    attr_accessor :params\n    def_delegators :answer, :headers\n    def route(path, &block)\n"
    "      instance_eval(&block)\n    end\n    def redirect(to)\n    end\n    def name_of(x)\n    end\n  end\nend\n",
    "lib/demo/client.rb": "module Demo\n  class Client\n    def fetch_all\n    end\n  end\nend\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ('route "/" do\n  "hi"\nend', "route", "true"),
        ("params['a']", "params", "true"),
        ('redirecct "/"', "redirecct", "false"),
        ("params = 1\nparams + 1", "params", ""),
        ("def redirect(x) end\nredirect 1", "redirect", ""),
        ("fetch_all 1", "fetch_all", ""),  # no code is run in the place of a client
        ("forward '/'", "forward", ""),
        ("headers['a']", "headers", "true"),
        ("answer['a']", "answer", ""),  # is what it delegates to
        ("puts 'a'", "puts", ""),
        ("other.redirect 1", "redirect", ""),
        ("c = Demo::Client.new\nc.fetch_all", "fetch_all", "true"),
        ("c = Demo::Client.new\nc.fetch_alll", "fetch_alll", "false"),
        ("Demo.start do |c|\n  c.fetch_all\nend", "fetch_all", "true"),
        ("c = Other.new\nc.fetch_all", "fetch_all", ""),
    ],
)
def test_methods_without_an_object_and_of_objects(
    checked: Checked, code: str, word: str, verdict: str
) -> None:
    claim = checked(DSL, page(code), "api").get(word)
    assert (claim.verdict if claim else "") == verdict


def test_what_a_class_of_the_page_defines_is_its_own(checked: Checked) -> None:
    text = "# Demo\n\n```ruby\nclass X\n  def params(a)\n  end\nend\n```\n\n```ruby\nparams['a']\n```\n"
    assert checked(DSL, text, "api")["params"].verdict == "true"


def test_a_gem_may_be_called_as_what_others_reopen(checked: Checked) -> None:
    files = {
        "rack.gemspec": FILES["demo.gemspec"],
        "lib/rack.rb": "module Rack\n  VERSION = 1\nend\n",
    }
    assert checked(files, page("Rack::VERSION"), "api")["VERSION"].verdict == "true"
    assert checked(DSL, page("Rack::VERSION"), "api") == {}


@pytest.mark.parametrize(
    "opened", ["module Outer::Routing\nend\n", "module Outer\n  class Mapper\n  end\nend\n"]
)
def test_what_own_code_only_opens_again_is_of_others(checked: Checked, opened: str) -> None:
    files = {**FILES, "lib/demo/routes.rb": opened}
    claims = checked(files, page("use Outer::Cookies\nDemo::Clients"), "api")
    assert {text: claim.verdict for text, claim in claims.items()} == {"Clients": "false"}


@pytest.mark.parametrize(
    ("code", "verdicts"),
    [
        ('require "demo-cli"', {"false"}),
        ('gem "demo-cli"\nrequire "demo-cli"', set()),  # the page knows it for another gem
        ('require "demo-multi"', set()),
        ('require "json-cli"', set()),
    ],
)
def test_a_usual_word_more_than_our_name(checked: Checked, code: str, verdicts: set[str]) -> None:
    claims = checked(FILES, page(code), "import")
    assert {claim.verdict for claim in claims.values()} == verdicts


@pytest.mark.parametrize(
    ("code", "word", "suggestion"),
    [
        ("Demo::RowReader.new", "RowReader", "RowReaderTable"),  # it has the first words of one
        ("Demo::ColReader.new", "ColReader", ""),  # a class that readers write from a base
        ("Demo::RowReader.new\nDemo::RowReaderTable.new", "RowReader", ""),
        ("Demo::Row.new", "Row", ""),
        ("Demo.unpouse", "unpouse", "unpause"),  # though methods are made as it runs
        ("Demo.unpauses", "unpauses", ""),
    ],
)
def test_what_is_nowhere_and_nearly_one_of_ours(
    checked: Checked, code: str, word: str, suggestion: str
) -> None:
    files = {
        "demo.gemspec": "Gem::Specification.new do |s|\n  s.name = 'demo'\nend\n",
        "lib/demo.rb": "module Demo\n  define_method(:any) { }\n  def self.unpause; end\n"
        "  class RowReaderTable; end\n  class ColReaderBase; end\nend\n",
    }
    page = f"# Demo\n\n```ruby\nrequire 'demo'\n{code}\n```\n"
    claim = checked(files, page, "api", strict=False).get(word)
    assert (claim.suggestion if claim and claim.verdict == "false" else "") == suggestion
