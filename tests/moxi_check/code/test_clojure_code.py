"""Namespaces of ours that Clojure code and commands on a page name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "project.clj": '(defproject acme/demo "1.0")\n',
    "deps.edn": '{:deps {acme/tools {:mvn/version "1.0"}}}\n',
    "src/demo/http_client.clj": '(ns ^{:doc "Calls."} demo.http-client\n  (:require [acme.core :as a]))\n',
    "src/demo/main.cljc": ";; (ns demo.before)\n(ns demo.main)\n(defn -main [] 1)\n",
    "src/beside/it.clj": "(ns beside.it)\n",
    "src/acme/demo.clj": "(ns acme.demo)\n",
    "src/clojure/more.clj": "(ns clojure.more)\n",
    "test/demo/main_test.clj": "(ns demo.main-test)\n",
    "doc/plugins.md": "Write `demo.plugins` yourself.\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("(require '[demo.http-client :as http])", "demo.http-client", "true"),
        ("(ns app.core\n  (:require\n    [demo.main :refer [run]]))", "demo.main", "true"),
        ("(demo.main/run 1)", "demo.main", "true"),
        ("(require '[demo.http-clients :as http])", "demo.http-clients", "false"),
        ("(require 'demo.http-clients)", "demo.http-clients", "false"),
        ("(demo.mains/run 1)", "demo.mains", "false"),
        (
            "(require '[demo.routing :as r])",
            "demo.routing",
            "",
        ),  # a library beside ours may have it
        ("(require '[demo.plugins :as p])", "demo.plugins", ""),
        ("(require '[other.mains :as p])", "other.mains", ""),
        ("(require '[clojure.mores :as p])", "clojure.mores", ""),
        ("(ns demo.mains)\n(require '[demo.mains :as p])", "demo.mains", ""),
        ('{:deps {demo.mains/x {:mvn/version "1"}}}', "demo.mains", ""),
        (";; (demo.mains/run 1)", "demo.mains", ""),
        ('(println "(require \'[demo.mains])")', "demo.mains", ""),
    ],
)
def test_namespaces_in_code(checked: Checked, code: str, word: str, verdict: str) -> None:
    claim = checked(FILES, f"# Thing\n\n```clojure\n{code}\n```\n", "import").get(word)
    assert (claim.verdict if claim else "") == verdict


@pytest.mark.parametrize(
    ("command", "word", "verdict"),
    [
        ("clojure -M -m demo.main --port 1", "demo.main", "true"),
        ("clj -m demo.mains", "demo.mains", "false"),
        ("clj -M -m demo.routing", "demo.routing", "false"),  # all below the name is ours
        ("clj -M:dev -m demo.routing", "demo.routing", ""),  # an alias may bring in more
        ("lein run -m demo.routing", "demo.routing", "false"),
        ("clj -m acme.routing", "acme.routing", ""),  # what is depended on may have it
        ("clj -m beside.routing", "beside.routing", ""),  # the project is not called so
        ("clj -m acme.demos", "acme.demos", "false"),
        ("clj -m other.main", "other.main", ""),
        ("clj -m clojure.main", "clojure.main", ""),
        ("clj -Sdeps '{:deps {x/y {}}}' -M -m demo.routing", "demo.routing", ""),
        ("clj -m demo.plugins", "demo.plugins", ""),
    ],
)
def test_namespaces_that_commands_run(
    checked: Checked, command: str, word: str, verdict: str
) -> None:
    claim = checked(FILES, f"# Thing\n\n```sh\n{command}\n```\n", "run").get(word)
    assert (claim.verdict if claim else "") == verdict


def test_the_namespace_that_is_meant(checked: Checked) -> None:
    claims = checked(FILES, "# Thing\n\n```sh\nclj -m demo.mains\n```\n", "run")
    assert claims["demo.mains"].suggestion == "demo.main"


@pytest.mark.parametrize(
    ("code", "found"),
    [("(ns app.core\n  (:require [demo.mains :as m]))", True), ("See (demo.mains/run 1)", False)],
)
def test_code_without_a_word_for_its_language(checked: Checked, code: str, found: bool) -> None:
    claims = checked(FILES, f"# Thing\n\n```\n{code}\n```\n", "import")
    assert ("demo.mains" in claims) is found
