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
        "index.js": "function render() {}\nconst tool = { render };\nexport default tool;\n",
    }
    page = _page("const demo = require('demo')\ndemo.render()\ndemo.renders()")
    claims = checked(files, page, "api")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "render": "true",
        "renders": "false",
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
        "packages/a/index.js": "exports.width = 1;\n",
    }
    claims = checked(files, _page("const { width, widths } = require('@demo/a')"), "import")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "@demo/a": "true", "width": "true", "widths": "false",
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


@pytest.mark.parametrize(
    ("name", "found"), [("demo-js", True), ("@other/demo", False), ("@demo/other", False)]
)
def test_our_name_in_a_scope_of_others_is_their_package(
    checked: Checked, name: str, found: bool
) -> None:
    claims = checked(FILES, _page(f"import {{ run }} from '{name}'"), "import")
    assert (name in claims) is found


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


TYPED = {
    "package.json": json.dumps({"name": "demo", "main": "index.js", "types": "types/index.d.ts"}),
    "index.js": "module.exports = build(parts);\n",
    "types/index.d.ts": (
        "import { Shared } from './shared.js';\n"
        "declare const demo: Demo;\n"
        "export default demo;\n"
        "export interface Reply<T = any> { body: T; status: number; }\n"
        "export interface Limits { size?: number; deep?: { level: number } }\n"
        "export interface Demo extends Shared {\n"
        "  (url: string, limits?: Limits): Promise<Reply>;\n"
        "  get<R = Reply>(url: string): Promise<R>;\n"
        "  make(limits?: Partial<Limits>): Other;\n"
        "  now(): string;\n"
        "}\n"
        "export class Other { readonly limits: Limits; close(force?: boolean): void; }\n"
    ),
    "types/shared.d.ts": "export interface Shared { shared: { use(what: string): number } }\n",
}


@pytest.mark.parametrize(
    ("code", "kind", "text", "verdict"),
    [
        ("const r = await demo.get('x')\nr.body", "api", "body", "true"),
        ("const r = await demo('x')\nr.status", "api", "status", "true"),
        ("const { body } = await demo.get('x')", "api", "body", "true"),
        ("const r = await demo.get('x')\nr.mine", "api", "mine", None),
        ("demo.get('x').then((r) => r.status)", "api", "status", "true"),
        ("demo.get('x').then(({ status }) => 1)", "api", "status", "true"),
        ("demo.get('x')\n  .catch(f)\n  .finally(g)", "api", "finally", "true"),
        ("demo.now().then(f)", "api", "then", None),
        ("demo.make().limits.size", "api", "size", "true"),
        ("const { limits } = demo.make()\nlimits.size", "api", "size", "true"),
        ("demo.shared.use('x')", "api", "use", "true"),
        ("const o = { size: 1, mine: 2 }\ndemo('x', o)", "argument", "size", "true"),
        ("const o = { size: 1, mine: 2 }\ndemo('x', o)", "argument", "mine", None),
        ("demo('x', { deep: { level: 1 } })", "argument", "level", "true"),
        ("demo('x', { deep: { mine: 1 } })", "argument", "mine", None),
        ("demo.make({ size: 1 })", "argument", "size", "true"),
        ("demo(\n  'x',\n  1,\n)", "argument", "'x'", "true"),
        ("import { Other } from 'demo'\nnew Other().close(\n  true,\n)", "argument", "true", "true"),
        ("const o: Limits = { size: 1 }", "argument", "size", None),
        ("import { Limits } from 'demo'\nconst o: Limits = { size: 1 }", "argument", "size", "true"),
        ("/** @type {import('demo').Limits} */\nexport default { size: 1 }", "argument", "size", "true"),
        (
            "/** @type {import('demo').Limits} */\nmodule.exports = { deep: { level: 1 } }",
            "argument",
            "level",
            "true",
        ),
        ("import { Limits } from 'demo'\nexport default { size: 1 } satisfies Limits", "argument", "size", "true"),
        ("demo`x`", "api", "demo", "true"),
    ],
)  # fmt: skip
def test_what_calls_give_and_take_is_declared(
    checked: Checked, code: str, kind: str, text: str, verdict: str | None
) -> None:
    claim = checked(TYPED, _page(f"import demo from 'demo'\n{code}", "ts"), kind).get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("const c = open()\nc.size", "size", "true"),
        ("const c = open()\nc.mine", "mine", None),
        ("open().inner().done", "done", "true"),
        ("Box.make().fill", "fill", "true"),
        ("const { open: o } = demo\no().size", "size", "true"),
    ],
)
def test_what_functions_return_is_read(
    checked: Checked, code: str, text: str, verdict: str | None
) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.js"}),
        "index.js": (
            "function inner() { return { done: 1 }; }\n"
            "function open() { const f = () => { return { mine: 1 } }; return { size: 1, inner }; }\n"
            "class Box { fill() {} static make() { return new Box(); } }\n"
            "module.exports = { open, Box };\n"
        ),
    }
    page = _page(f"const demo = require('demo')\nconst {{ open, Box }} = demo\n{code}")
    claim = checked(files, page, "api").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_keys_within_keys_are_read_somewhere(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.js"}),
        "index.js": "module.exports = (options) => later(options.paint?.tone);\n",
    }
    page = _page("const demo = require('demo')\ndemo({ paint: { tone: 1, mine: 2 } })")
    assert {t: c.verdict for t, c in checked(files, page, "argument").items()} == {
        "paint": "true",
        "tone": "true",
    }


def test_a_name_is_ours_again_after_a_function(checked: Checked) -> None:
    code = "import * as d from 'demo'\nconst f = (d) => d.mine()\nd.rendr('x')"
    assert set(checked(FILES, _page(code), "api")) == {"rendr"}


def test_types_that_mean_themselves_end(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.js", "types": "index.d.ts"}),
        "index.js": "module.exports = build(parts);\n",
        "index.d.ts": (
            "export type A = B | C | Promise<A>;\nexport type B = A | C;\nexport type C = A | B | D;\n"
            "export interface D extends E, F { (): D; deep: D }\n"
            "export interface E extends D, F { (): E }\nexport interface F extends D, E { flat: F }\n"
            "export function open(): A;\n"
        ),
    }
    page = _page("import { open } from 'demo'\nopen().deep().flat\nopen().mine()", "ts")
    assert set(checked(files, page, "api")) == {"open", "deep", "flat"}


def test_functions_that_return_themselves_end(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.js"}),
        "index.js": (
            "function a() { if (x) return b(); return c(); }\n"
            "function b() { if (x) return a(); return c(); }\n"
            "function c() { if (x) return a(); if (y) return b(); return { done: 1 }; }\n"
            "module.exports = { a };\n"
        ),
    }
    page = _page("const { a } = require('demo')\na().done\na().mine")
    assert set(checked(files, page, "api")) == {"a", "done"}


def test_a_sentence_names_methods_of_objects_by_their_class(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.ts"}),
        "index.ts": "export default class Client { close() {} get() {} put() {} }\n",
    }
    calls = "`Client.close([cb])`, `Client.clone()`, `Client.get()`"
    page = _page("import Client from 'demo'\nnew Client().get()") + f"\n{calls}\n"
    claims = checked(files, page, "api")
    assert (claims["close"].verdict, claims["get"].verdict) == ("true", "true")
    assert claims["clone"].verdict == "false"


def test_a_namespace_may_be_the_default_export(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.js"}),
        "index.js": "export * as default from './symbols.js';\n",
        "symbols.js": "export const info = 1;\n",
    }
    page = _page("import symbols from 'demo'\nsymbols.info")
    assert checked(files, page, "api")["info"].verdict == "true"


def test_what_the_page_gives_a_name_may_be_made_there(checked: Checked) -> None:
    files = {
        "package.json": json.dumps({"name": "demo", "main": "index.ts"}),
        "index.ts": "export default class Client { echo() {} echoBuffer() {} define(name: string) {} }\n",
    }
    code = "import Client from 'demo'\nconst c = new Client()\nc.define('myecho', { deep: 1 })\n"
    page = _page(code + "c.myechoBuffer()\nc.myecho()\nc.deep()\nc.yourecho()")
    claims = checked(files, page, "api")
    found = {word: claims[word].verdict for word in ("myechoBuffer", "myecho", "deep", "yourecho")}
    assert found == {
        "myechoBuffer": "not_judged", "myecho": "not_judged", "deep": "not_judged", "yourecho": "false",
    }  # fmt: skip


def test_a_package_hands_on_all_of_another_of_the_repository(checked: Checked) -> None:
    def package(name: str) -> str:
        return json.dumps({"name": name, "version": "1.0.0", "main": "dist/index.js"})

    files = {
        "package.json": json.dumps({"private": True, "workspaces": ["packages/*"]}),
        "packages/demo/package.json": package("demo-web"),
        "packages/demo/src/index.ts": "export * from 'demo-core';\n",
        "packages/core/package.json": package("demo-core"),
        "packages/core/src/index.ts": "export * from './list';\n",
        "packages/core/src/list.ts": "// exports of a list\nexport const List = [1].forEach(Number);\n",
    }
    claims = checked(files, _page("import { List, Lists } from 'demo-web'"), "import", strict=False)
    assert (claims["List"].verdict, claims["Lists"].verdict) == ("true", "false")


def test_a_condition_that_leads_to_a_part_of_the_package(checked: Checked) -> None:
    exports = {"react-server": "./dist/server.mjs", "default": "./dist/index.mjs"}
    files = {
        "package.json": json.dumps({"name": "demo", "version": "1.0.0", "exports": {".": exports}}),
        "server.ts": "export const Render = 1;\n",
        "index.ts": "export const Render = 1;\nexport const Puck = 2;\n",
        "lib/index.ts": "export const inner = 3;\n",  # the sources' own, not the package's
    }
    code = "import { Render, Puck, Pucks, inner } from 'demo'"
    claims = checked(files, _page(code), "import")
    found = {word: claim.verdict for word, claim in claims.items() if word != "demo"}
    assert found == {"Render": "true", "Puck": "true", "Pucks": "false", "inner": "false"}
