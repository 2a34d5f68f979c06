"""Keys of configuration blocks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "demo/config.py": 'def load(data):\n    return data["max_depth"], data["output_dir"], data["log"]\n',
    "package.json": '{"name": "demo", "contributes": {"configuration": {"properties": '
    '{"demo.lineLength": {"type": "number"}}}}, "engines": {"vscode": "^1.80.0"}}',
}


def test_keys_of_our_own_settings(checked: Checked) -> None:
    block = "```toml\nmax_depth = 3\noutput_dir = 'x'\nlog = true\nanything = 1\n```\n"
    claims = checked(FILES, block, "key")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "max_depth": "true",
        "output_dir": "true",
        "log": "true",
        "anything": "not_judged",
    }
    assert str(claims["max_depth"].evidence) == "demo/config.py:2"


def test_a_slip_of_a_setting_is_told(checked: Checked) -> None:
    block = (
        '```json\n{\n"max_depth": 1,\n"output_dir": 2,\n"log": 3,\n"demo.lineLenght": 80\n}\n```\n'
    )
    claim = checked(FILES, block, "key")["demo.lineLenght"]
    assert (claim.verdict, claim.suggestion) == ("false", "lineLength")


def test_files_of_other_tools_are_no_claims(checked: Checked) -> None:
    assert checked(FILES, "```yaml\njobs:\n  log:\n    runs-on: x\n```\n", "key") == {}
    assert checked(FILES, "```yaml\ntheirs: 1\nother: 2\nlog: 3\n```\n", "key") == {}


SETTINGS = {
    "package.json": '{"name": "demo", "main": "index.js"}',
    "index.js": "module.exports = (o) => use(o.maxDepth, o.output, o.paint.tone, o.plugins);\n",
    "other.js": "const maxDepth = 1;\n",
    "demo/conf.py": "DEFAULTS = {'max_depth': 3, 'rules': [], 'wait': 1}\n",
    "demo/rest.py": "size = 1\n",
}
KNOWN = {"maxDepth": "true", "output": "true", "paint": "true", "tone": "true"}


def _verdicts(claims: dict[str, Claim]) -> dict[str, str]:
    return {text: claim.verdict for text, claim in claims.items()}


@pytest.mark.parametrize(
    "code",
    [
        "{\n  // deep\n  maxDepth: 1,\n  output: (file) => { return { inner: file } },\n  paint: { tone: 1 }\n}",
        "/* deep */\nmaxDepth: 1,\noutput: 'x',\npaint: { tone: 1 },",
        "export default {\n  maxDepth: 1, output: 'x', paint: { tone: 1 }\n}",
        "import x from 'x'\nmodule.exports = {\n  maxDepth: 1, output: 'x', paint: { tone: 1 }\n}",
    ],
)
def test_objects_of_options(checked: Checked, code: str) -> None:
    claims = checked(SETTINGS, f"```js\n{code}\n```\n", "key")
    assert _verdicts(claims) == KNOWN
    assert str(claims["tone"].evidence) == "index.js:1"


@pytest.mark.parametrize(
    "code",
    [
        "{ mine: 1, theirs: 2, maxDepth: 1 }",
        "other({ maxDepth: 1, output: 'x', paint: { tone: 1 } })",
        "{ maxDepth: 1, output: 2 }",
        "/** @type {X} */\nexport default { maxDepth: 1, output: 'x', paint: { tone: 1 } }",
    ],
)
def test_other_code_is_no_object_of_options(checked: Checked, code: str) -> None:
    assert checked(SETTINGS, f"```js\n{code}\n```\n", "key") == {}


def test_a_module_of_settings(checked: Checked) -> None:
    claims = checked(
        SETTINGS, "```python\n# ours\nrules = ['x']\nmax_depth = 3\nwait = 2\n```\n", "key"
    )
    assert _verdicts(claims) == {"rules": "true", "max_depth": "true", "wait": "true"}
    assert str(claims["rules"].evidence) == "demo/conf.py:1"
    # One source knows them all, or it is other code.
    assert checked(SETTINGS, "```python\nrules = ['x']\nsize = 3\nmaxDepth = 1\n```\n", "key") == {}
    assert checked(SETTINGS, "```python\nrules = f()\nwait = 3\nmax_depth = 1\n```\n", "key") == {}


def test_keys_of_a_tool_that_the_repository_uses_too_are_no_claims(checked: Checked) -> None:
    tool = {
        ".github/dependabot.yml": "version: 2\nupdates:\n  - ecosystem: x\n    line-length: 1\n"
    }
    block = "```yaml\nversion: 2\nupdates:\n  - ecosystem: x\n    line-lengths: 1\n```\n"
    files = {**FILES, "action.yml": "name: A\ninputs:\n  line_lengths:\n    description: x\n"}
    assert checked({**files, **tool}, block, "key") == {}
