"""Swift, Dart and Elixir code on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
SWIFT = {
    "Sources/Demo/Client.swift": "import UIKit\n\npublic final class Client {\n"
    "    public func connectAll(to: Int) {}\n    func hiddenAway() {}\n}\n\nstruct Inner {}\n",
}
DART = {
    "pubspec.yaml": "name: demo\n",
    "lib/demo.dart": "class Client {\n  Future<int> connectAll(int a) async => 1;\n}\n",
}
ELIXIR = {
    "lib/demo/query.ex": "defmodule Demo.Query do\n  defmacro order_by(a), do: a\n"
    "  def render(a), do: a\n  defp inside(a), do: a\nend\n",
}


@pytest.mark.parametrize(
    ("files", "language", "code", "word", "verdict"),
    [
        (SWIFT, "swift", "let c = Client()\nc.connectAll(to: 1)", "Client", "true"),
        (SWIFT, "swift", "let c = Client()\nc.connectAll(to: 1)", "connectAll", "true"),
        (SWIFT, "swift", "let c = Client()\nc.hiddenAway()", "hiddenAway", ""),
        (SWIFT, "swift", "let c = Cliennt()", "Cliennt", "false"),
        (SWIFT, "swift", "let c = Client()\nopen(CLIENT)", "CLIENT", ""),  # any client
        (SWIFT, "swift", "c.connectAll(to: 1)", "connectAll", ""),  # of whom?
        (SWIFT, "swift", "Inner()", "Inner", ""),
        (SWIFT, "swift", "class Client {}\nClient()", "Client", ""),
        (SWIFT, "swift", 'print("Client")  // Client', "Client", ""),
        (DART, "dart", "final c = Client();\nc.connectAll(1);", "connectAll", "true"),
        (ELIXIR, "elixir", "import Demo.Query", "Demo.Query", "true"),
        (ELIXIR, "elixir", "import Demo.Querry", "Demo.Querry", "false"),
        (ELIXIR, "elixir", "import Other.Query", "Other.Query", ""),
        (ELIXIR, "elixir", "import Demo.Query\nx |> order_by(:a)", "order_by", "true"),
        (ELIXIR, "elixir", "Demo.Query.render(1)", "render", "true"),
        (ELIXIR, "elixir", "import Demo.Query\nx |> inside(:a)", "inside", ""),
        (ELIXIR, "elixir", "x |> order_by(:a)", "order_by", ""),
    ],
)
def test_names(
    checked: Checked, files: dict[str, str], language: str, code: str, word: str, verdict: str
) -> None:
    claim = checked(files, f"# Thing\n\n```{language}\n{code}\n```\n", "api").get(word)
    assert (claim.verdict if claim else "") == verdict


CHANGES = {
    "lib/demo/latest_rates.ex": "defmodule Demo.LatestRates do\n  def write_to(a), do: a\nend\n",
    "lib/demo/made.ex": "defmodule Demo.Made do\n  use Demo.Maker\n  def write_to(a), do: a\nend\n",
    "lib/demo/other.ex": "defmodule Demo.Other do\n  alias Demo.Inside.Model\nend\n",
}


@pytest.mark.parametrize(
    ("code", "word", "suggestion"),
    [
        ("iex> Demo.RatesLatest.write_to 1", "Demo.RatesLatest", "Demo.LatestRates"),
        ("iex> Demo.NewestRates.write_to 1", "Demo.NewestRates", "Demo.LatestRates"),
        ("iex> Demo.Newest.write_to 1", "Demo.Newest", ""),  # nothing here is like it
        ("iex> Demo.Models.all()", "Demo.Models", ""),
        ("iex> Demo.LatestRate.all()", "Demo.LatestRate", "Demo.LatestRates"),
        ("iex> Theirs.RatesLatest.write_to 1", "Theirs.RatesLatest", ""),
        ("iex> Demo.LatestRates.store_to(1)", "store_to", "write_to"),
        ("iex> Demo.LatestRates.inspect(1)", "inspect", ""),
        ("iex> Demo.Made.store_to(1)", "store_to", ""),  # what it uses may make it
        ("iex> Demo.Made.writes_to(1)", "writes_to", "write_to"),
        ("defmodule Demo.RatesLatest do\nend\nDemo.RatesLatest.all()", "Demo.RatesLatest", ""),
    ],
)
def test_what_modules_of_ours_do_not_have(
    checked: Checked, code: str, word: str, suggestion: str
) -> None:
    claim = checked(CHANGES, f"# Demo\n\n```elixir\n{code}\n```\n", "api").get(word)
    assert (claim.suggestion if claim and claim.verdict == "false" else "") == suggestion


PLAIN = {
    "mix.exs": "defmodule Demo.MixProject do\n  use Mix.Project\n  def project do\n    [app: :demo]\n  end\nend\n",
    "lib/demo/query.ex": 'defmodule Demo.Query do\n  @moduledoc """\n  use it\n  """\n  require Logger\n\n'
    "  def find(a) do\n    a\n  end\n\n  def start_link(a), do: a\nend\n",
    "lib/demo/index.ex": "defmodule Demo.Index do\n  def store(a), do: a\nend\n",
    "lib/demo/table.ex": "defmodule Demo.Table do\n  import Demo.Maker\n  has_many :rows\nend\n",
    "lib/demo/sheet.ex": "defmodule Demo.Sheet do\n  use Demo.Maker\nend\n",
}


@pytest.mark.parametrize(
    ("files", "code", "word", "verdict"),
    [
        (PLAIN, "Demo.Search.find(1)", "Demo.Search", "false"),  # a module beside it has `find`
        (PLAIN, "Demo.Search.gather(1)", "Demo.Search", ""),
        (PLAIN, "Demo.Search.start_link(1)", "Demo.Search", ""),  # any module has it
        (PLAIN, "Theirs.Search.find(1)", "Theirs.Search", ""),
        (PLAIN | {"docs.md": "Demo.Search"}, "Demo.Search.find(1)", "Demo.Search", ""),
        (PLAIN | {"docs.md": "demo_search"}, "Demo.Search.find(1)", "Demo.Search", ""),
        (
            PLAIN | {"lib/a.ex": "defmodule Demo.A do\n  Module.create(a, b, c)\nend\n"},
            "Demo.Search.find(1)", "Demo.Search", "",
        ),
        (PLAIN, "Demo.Query.gather(1)", "gather", "false"),  # nothing is like it: these are all
        (PLAIN, "Demo.Table.gather(1)", "gather", ""),  # a macro may make it
        (PLAIN, "Demo.Sheet.gather(1)", "gather", ""),
    ],
)  # fmt: skip
def test_what_plain_modules_of_ours_do_not_have(
    checked: Checked, files: dict[str, str], code: str, word: str, verdict: str
) -> None:
    claim = checked(files, f"# Demo\n\n```elixir\n{code}\n```\n", "api").get(word)
    assert (claim.verdict if claim else "") == verdict


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("Demo.Query.find/1", "Demo.Query", "true"),
        ("Demo.Querys.find/1", "Demo.Querys", "false"),
        ("Demo.Query.fund/1", "fund", "false"),
        ("Theirs.Query.find/1", "Theirs.Query", ""),
        ("Demo.Query.module_info/1", "module_info", ""),
        ("Demo.Query.find/1` instead of `Demo.Query.fund/1", "fund", ""),
    ],
)
def test_functions_by_their_arity_in_a_sentence(
    checked: Checked, code: str, word: str, verdict: str
) -> None:
    claim = checked(PLAIN, f"# Demo\n\n- `{code}` finds it\n", "api").get(word)
    assert (claim.verdict if claim else "") == verdict
    assert checked(PLAIN, f"# Demo\n\n- `{code}` finds it\n", "path") == {}


def test_the_module_that_is_meant_by_its_function(checked: Checked) -> None:
    page = "# Demo\n\n```elixir\nDemo.Search.find(1)\n```\n"
    assert checked(PLAIN, page, "api")["Demo.Search"].suggestion == "Demo.Query"


@pytest.mark.parametrize(
    ("code", "word"),
    [("let c = Client()\nc.connectAll(to: 1)", "connectAll"), ("See Client, then c.connectAll(to: 1)", "")],
)  # fmt: skip
def test_code_without_a_word_for_its_language(checked: Checked, code: str, word: str) -> None:
    claims = checked(SWIFT, f"# Thing\n\n```\n{code}\n```\n", "api")
    assert ("connectAll" in claims) is bool(word)


@pytest.mark.parametrize(
    ("deps", "verdict"), [('{:tesla, "~> 1.4"}', None), ('{:jason, "~> 1.4"}', "false")]
)
def test_modules_of_the_library_that_ours_adds_to(
    checked: Checked, deps: str, verdict: str | None
) -> None:
    files = {
        "mix.exs": (
            "defmodule Demo.MixProject do\n  use Mix.Project\n  def project do\n"
            '    [app: :demo, version: "0.1.0", deps: deps()]\n  end\n'
            f"  defp deps do\n    [{deps}]\n  end\nend\n"
        ),
        "lib/demo.ex": "defmodule Tesla.Middleware.BearerRefresh do\n  def call(a), do: a\nend\n",
    }
    page = "# Demo\n\n```elixir\nplug Tesla.Middleware.BearerAuth\n```\n"
    claims = checked(files, page, "api")
    found = claims.get("Tesla.Middleware.BearerAuth")
    assert (found.verdict if found else None) == verdict
