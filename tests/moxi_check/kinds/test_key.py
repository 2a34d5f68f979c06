"""Keys of configuration blocks."""

from __future__ import annotations

from collections.abc import Callable

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
