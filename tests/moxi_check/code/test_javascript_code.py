"""What JavaScript and TypeScript code on a page uses of our packages, and whether that is there."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
PACKAGE = {
    "name": "demo",
    "version": "1.0.0",
    "type": "module",
    "exports": {".": "./dist/index.js", "./plugin": "./dist/plugin.js"},
}
FILES = {
    "package.json": json.dumps(PACKAGE),
    "src/index.ts": (
        "export { Client } from './client.js';\n"
        "export * from './more.js';\n"
        "export const limits = { low: 1, high: 2 };\n"
        "interface Options { width?: number; color: string }\n"
        "export function render(text: string, options: Options) { return text + options.width; }\n"
        "export function loose(options) { return other(options); }\n"
        "export function plain({ deep, flat = 1 }) { return deep + flat; }\n"
        "export const made = new Maker();\n"
        "export default render;\n"
    ),
    "src/more.ts": "export const more = 1;\n",
    "src/plugin.ts": "export const plugin = 1;\n",
    "src/client.ts": (
        "import { EventEmitter } from 'node:events';\n"
        "export class Client extends EventEmitter {\n"
        "  static open() { return new Client(); }\n"
        "  limit = 1;\n"
        "  constructor(private url: string, { retries = 1 } = {}) { super(); this.state = retries; }\n"
        "  send(body: string) { return body; }\n"
        "}\n"
    ),
}
COMMONJS = {
    "package.json": json.dumps({"name": "demo", "version": "1.0.0", "main": "index.js"}),
    "index.js": "function demo(options) { return options.width; }\nmodule.exports = demo;\ndemo.parse = () => 1;\n",
    "lib/tool.js": "exports.tool = 1;\n",
}


def _page(code: str, fence: str = "js") -> str:
    return f"# Demo\n\n## Usage\n\n```{fence}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("code", "kind", "text", "verdict"),
    [
        ("import 'demo'", "import", "demo", "true"),
        ("import 'dmeo'", "import", "dmeo", "false"),
        ("import 'demo/plugin'", "import", "demo/plugin", "true"),
        ("import 'demo/plugn'", "import", "demo/plugn", "false"),
        ("import 'demo/style.css'", "import", "demo/style.css", "not_judged"),
        ("import { Client } from 'demo'", "import", "Client", "true"),
        ("import { more } from 'demo'", "import", "more", "true"),
        ("import { Clinet } from 'demo'", "import", "Clinet", "false"),
        ("import { plugin } from 'demo'", "import", "plugin", "false"),
        ("import { plugin } from 'demo/plugin'", "import", "plugin", "true"),
        ("export { Clinet } from 'demo'", "import", "Clinet", "false"),
        ("import draw from 'demo'", "import", "draw", "true"),
        ("import it from 'demo/plugin'", "import", "it", "false"),
        ("const { limits } = await import('demo')", "import", "limits", "true"),
        ("import * as d from 'demo'\nd.rendr('x')", "api", "rendr", "false"),
        ("import { limits } from 'demo'\nlimits.low", "api", "low", "true"),
        ("import { limits } from 'demo'\nlimits.lowest", "api", "lowest", "false"),
        ("import { Client } from 'demo'\nnew Client().send('x')", "api", "send", "true"),
        ("import { Client } from 'demo'\nnew Client().on('x')", "api", "on", "true"),
        ("import { Client } from 'demo'\nconst c = new Client()\nc.limit", "api", "limit", "true"),
        ("import { Client } from 'demo'\nconst c = new Client()\nc.snd()", "api", "snd", "false"),
        ("import { Client } from 'demo'\nClient.opened()", "api", "opened", "false"),
        ("import { made } from 'demo'\nmade.anything()", "api", "anything", "not_judged"),
        ("import { render } from 'demo'\nrender('x', { width: 1 })", "argument", "width", "true"),
        ("import { render } from 'demo'\nrender('x', { widht: 1 })", "argument", "widht", "false"),
        ("import draw from 'demo'\ndraw('x', { widht: 1 })", "argument", "widht", "false"),
        ("import { plain } from 'demo'\nplain({ deeper: 1 })", "argument", "deeper", "false"),
        ("import { loose } from 'demo'\nloose({ mine: 1 })", "argument", "mine", "not_judged"),
        (
            "import { Client } from 'demo'\nnew Client('x', { retires: 1 })",
            "argument",
            "retires",
            "false",
        ),
    ],
)
def test_modules(checked: Checked, code: str, kind: str, text: str, verdict: str) -> None:
    assert checked(FILES, _page(code, "ts"), kind)[text].verdict == verdict


@pytest.mark.parametrize(
    ("code", "kind", "text", "verdict"),
    [
        ("const demo = require('demo')\ndemo.parse()", "api", "parse", "true"),
        ("const demo = require('demo')\ndemo.prase()", "api", "prase", "false"),
        ("const { parse } = require('demo')", "import", "parse", "true"),
        ("const { prase } = require('demo')", "import", "prase", "false"),
        ("const demo = require('demo')\ndemo({ width: 1 })", "argument", "width", "true"),
        ("const demo = require('demo')\ndemo({ widht: 1 })", "argument", "widht", "false"),
        ("require('demo/lib/tool')", "import", "demo/lib/tool", "true"),
        ("require('demo/lib/tols')", "import", "demo/lib/tols", "false"),
        ("require('demo/made')", "import", "demo/made", "not_judged"),
    ],
)
def test_commonjs(checked: Checked, code: str, kind: str, text: str, verdict: str) -> None:
    assert checked(COMMONJS, _page(code), kind)[text].verdict == verdict


@pytest.mark.parametrize(
    "code",
    [
        "import x from './mine'\nx.mine()",
        "import { thing } from 'other'\nthing.mine()",
        "import * as d from 'demo'\nfunction f(d) { d.mine() }",
        "import * as d from 'demo'\nconst g = (d) => d.mine()",
        "import * as d from 'demo'\nfor (const d of []) { d.mine() }",
        "import { Client } from 'demo'\nlet c = new Client()\nc = other()\nc.mine()",
        "import { Client } from 'demo'\nconst c = new Client()\nc.mine = 1",
        "import { render } from 'demo'\nrender('x').mine()",
    ],
)
def test_what_the_example_makes_is_no_claim(checked: Checked, code: str) -> None:
    assert "mine" not in checked(FILES, _page(code), "api")


def test_a_default_export_may_be_all_that_require_gives(checked: Checked) -> None:
    files = {
        **COMMONJS,
        "index.js": "function run() {}\nconst tool = { run };\nexport default tool;\n",
    }
    claims = checked(files, _page("const demo = require('demo')\ndemo.run()\ndemo.rum()"), "api")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "run": "true",
        "rum": "false",
    }


def test_the_file_of_an_export_is_loaded_by_tools_that_know_no_exports(checked: Checked) -> None:
    code = "const a = require('demo/dist/plugin.js')\nconst b = require('demo/dist/other.js')"
    claims = checked(FILES, _page(code), "import")
    verdicts = [claims[f"demo/dist/{name}.js"].verdict for name in ("plugin", "other")]
    assert verdicts == ["not_judged", "false"]


def test_a_promise_of_a_module_is_not_the_module(checked: Checked) -> None:
    assert checked(FILES, _page("import('demo').then((d) => d.mine())"), "api") == {}


def test_scripts_in_markup_have_their_places(checked: Checked) -> None:
    page = _page(
        "<script setup>\nimport { Clinet } from 'demo'\n</script>\n<p>demo.mine</p>", "vue"
    )
    claims = checked(FILES, page, "import")
    assert (claims["Clinet"].line, claims["Clinet"].column) == (7, 10)
    assert claims["Clinet"].suggestion == "Client"


def test_attributes_of_a_component(checked: Checked) -> None:
    files = {**FILES, "src/more.ts": "export function Box({ size, tone }) { return size + tone }\n"}
    code = "import { Box } from 'demo'\nconst a = <Box size={1} tnoe='x' key='k' data-x='1' />"
    claims = checked(files, _page(code, "jsx"), "argument")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "size": "true", "tnoe": "false", "key": "not_judged",
    }  # fmt: skip


def test_packages_of_a_workspace(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "root", "private": True, "workspaces": ["packages/*"]}),
        "packages/a/package.json": json.dumps(
            {"name": "@demo/a", "version": "1.0.0", "main": "index.js"}
        ),
        "packages/a/index.js": "exports.one = 1;\n",
    }
    claims = checked(files, _page("const { one, two } = require('@demo/a')"), "import")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "@demo/a": "true", "one": "true", "two": "false",
    }  # fmt: skip


def test_exports_of_others_are_not_judged(checked: Checked) -> None:
    files = {**FILES, "src/more.ts": "export * from 'foreign';\n"}
    claims = checked(files, _page("import { unknown } from 'demo'"), "import")
    assert claims["unknown"].verdict == "not_judged"


def test_a_slip_in_the_path_of_a_module_is_one_of_its_package(checked: Checked) -> None:
    page = "```js\nconst tool = require('demoo/lib/tool')\nrequire('./demoo/x')\n```\n"
    claims = checked(COMMONJS, page, "import")
    assert (claims["demoo"].verdict, claims["demoo"].suggestion) == ("false", "demo")
    assert len(claims) == 1
    # A word of a comment is no package; one in quotes may be.
    spoken = {**COMMONJS, "lib/other.js": "// all demoo here\n"}
    assert checked(spoken, page, "import")["demoo"].verdict == "false"
    used = {**COMMONJS, "lib/other.js": "require('demoo')\n"}
    assert not checked(used, page, "import")


def test_types_that_a_comment_imports_are_of_packages(checked: Checked) -> None:
    page = (
        "```js\n/**\n * @type {import('demo').Options}\n */\nexport default {}\n"
        "/** @type {import('dem-o').Options} */\nconst other = {}\n```\n"
    )
    claims = checked(COMMONJS, page, "import")
    assert claims["demo"].verdict == "true"
    assert (claims["dem-o"].verdict, claims["dem-o"].suggestion) == ("false", "demo")


def test_what_is_computed_is_held_against_types_written_by_hand(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.js", "types": "index.d.ts"}),
        "index.js": "module.exports = build(parts);\n",
        "parts.js": "exports.hidden_part = 1;\n",
        "index.d.ts": "declare const demo: { isOpen(): boolean; RateLimit: number };\nexport = demo;\n",
    }
    page = (
        "```js\nconst demo = require('demo');\ndemo.table['a'] = 1;\n"
        "demo.isOpen();\ndemo.isOpened();\ndemo.LimitRate;\ndemo.hidden_part;\n```\n"
    )
    claims = checked(files, page, "api")
    assert claims["isOpen"].verdict == "true"
    assert (claims["isOpened"].verdict, claims["isOpened"].suggestion) == ("false", "isOpen")
    assert (claims["LimitRate"].verdict, claims["LimitRate"].suggestion) == ("false", "RateLimit")
    assert claims["hidden_part"].verdict != "false"
    without = {name: text for name, text in files.items() if name != "index.d.ts"}
    assert checked(without, page, "api")["LimitRate"].verdict == "not_judged"
