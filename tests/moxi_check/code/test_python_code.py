"""What Python code on a page uses of our packages, and whether that is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_check import Claim
from moxi_check.code.python import Python
from moxi_check.document import CodeBlock
from moxi_check.ground import Ground

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
    "src/demo/__init__.py": (
        "from demo.client import Client as Client, connect\n"
        "from demo.lazy import *\n"
        "VERSION: str\n"
        "default = Client('x')\n"
        "send = default.send\n"
    ),
    "src/demo/client.py": (
        "from dataclasses import dataclass\n"
        "from outside import Base\n\n\n"
        "class Parent:\n"
        "    def close(self, *, force=False): ...\n\n\n"
        "class Client(Parent):\n"
        "    retries: int = 3\n\n"
        "    def __init__(self, url, timeout=5):\n"
        "        self.url = url\n\n"
        "    def __enter__(self):\n        return self\n\n"
        "    def send(self, body, *, retry=True): ...\n\n"
        "    @property\n    def peer(self) -> 'Client': ...\n\n\n"
        "class Open(Base):\n    def go(self): ...\n\n\n"
        "@dataclass\nclass Point:\n    x: int = 0\n    y: int = 0\n\n\n"
        "class Store(ABC):\n    def read(self): ...\n\n\n"
        "def stored() -> Store: ...\n\n\n"
        "class Held:\n"
        "    def __enter__(self):\n        return self._body\n\n\n"
        "def connect(url, **options) -> Client:\n    return Client(url, **options)\n\n\n"
        "def anything(**options):\n    print(options)\n"
    ),
    "src/demo/lazy.py": "def render(text, width=80): ...\n",
    "src/demo/moved.py": "def __getattr__(name):\n    return {'old_name': 1}[name]\n\n\ndef current(): ...\n",
    "src/demo/fast.pyx": "",
}


def _page(code: str, fence: str = "python") -> str:
    return f"# Demo\n\n## Usage\n\n```{fence}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("code", "kind", "text", "verdict"),
    [
        ("import demo.client", "import", "demo.client", "true"),
        ("import demo.clients", "import", "demo.clients", "false"),
        ("import demo.fast", "import", "demo.fast", "not_judged"),
        ("import dmeo", "import", "dmeo", "false"),
        ("from demo import Client", "import", "Client", "true"),
        ("from demo import render", "import", "render", "true"),
        ("from demo import client", "import", "client", "true"),
        ("from demo import VERSION", "import", "VERSION", "true"),
        ("from demo import Clients", "import", "Clients", "false"),
        ("from demo import Point", "import", "Point", "false"),
        ("from demo import (\n    connect,\n    conect,\n)", "import", "conect", "false"),
        ("from demo.moved import old_name", "import", "old_name", "not_judged"),
        ("from demo.moved import curent", "import", "curent", "false"),
        ("import demo\ndemo.connect('x')", "api", "connect", "true"),
        ("import demo\ndemo.conect('x')", "api", "conect", "false"),
        ("import demo as d\nd.client.Clint()", "api", "Clint", "false"),
        ("from demo import Client\nc = Client('x')\nc.send(1)", "api", "send", "true"),
        ("from demo import Client\nc = Client('x')\nc.close()", "api", "close", "true"),
        ("from demo import Client\nClient.__init__(1)", "api", "__init__", "true"),
        ("from demo import Client\nClient.YourName", "api", "YourName", "not_judged"),
        ("from demo import Client\nc = Client('x')\nc.url", "api", "url", "true"),
        ("from demo import Client\nc = Client('x')\nc.sendd(1)", "api", "sendd", "false"),
        ("from demo import Client\nc = Client('x').peer.sned(1)", "api", "sned", "false"),
        ("from demo import Client\nwith Client('x') as c:\n    c.snd(1)", "api", "snd", "false"),
        ("from demo import connect\nc = connect('x')\nc.snd(1)", "api", "snd", "false"),
        ("from demo import Client\ndef f(c: Client):\n    c.snd(1)", "api", "snd", "false"),
        ("from demo import default\ndefault.snd(1)", "api", "snd", "false"),
        ("from demo.client import stored\nstored().read()", "api", "read", "true"),
        ("from demo.client import stored\nstored().flush()", "api", "flush", "not_judged"),
        ("from demo.client import Open\nOpen().inherited()", "api", "inherited", "not_judged"),
        ("from demo import Client\nClient('x', timeout=1)", "argument", "timeout", "true"),
        ("from demo import Client\nClient('x', time_out=1)", "argument", "time_out", "false"),
        ("from demo import connect\nconnect('x', timeout=1)", "argument", "timeout", "true"),
        ("from demo import connect\nconnect('x', tmeout=1)", "argument", "tmeout", "false"),
        ("from demo import send\nsend(1, retri=1)", "argument", "retri", "false"),
        ("from demo.client import Point\nPoint(x=1, z=2)", "argument", "z", "false"),
        ("from demo.client import anything\nanything(z=2)", "argument", "z", "not_judged"),
    ],
)
def test_uses(checked: Checked, code: str, kind: str, text: str, verdict: str) -> None:
    assert checked(FILES, _page(code), kind)[text].verdict == verdict


@pytest.mark.parametrize(
    "code",
    [
        "import json\njson.dumpz({})",
        "demo = object()\ndemo.anything()",
        "from demo import Client\nclass Client:\n    pass\nClient().mine()",
        "import demo\nfor demo in []:\n    demo.mine()",
        "import demo\nx = [demo.mine() for demo in []]",
        "import demo\ndef f(demo):\n    demo.mine()",
        "from .mine import theirs",
        "from demo.client import Held\nwith Held() as h:\n    h.mine()",
        "from demo import Client\nc = Client('x')\nc = other()\nc.mine()",
        "from demo import Client\nc = Client('x')\nc.label = 1",
    ],
)
def test_what_the_example_makes_is_no_claim(checked: Checked, code: str) -> None:
    claims = checked(FILES, _page(code), "api")
    assert not {"mine", "dumpz", "anything", "label", "theirs"} & set(claims)


def test_a_session_at_the_prompt_and_its_places(checked: Checked) -> None:
    page = _page(">>> import demo\n>>> demo.rendr('x',\n...     width=1)\n'demo.output'", "pycon")
    claims = checked(FILES, page, "api")
    assert {text: c.verdict for text, c in claims.items()} == {"rendr": "false"}
    assert (claims["rendr"].line, claims["rendr"].column) == (7, 10)
    assert claims["rendr"].suggestion == "render"


def test_later_blocks_use_what_earlier_ones_imported(checked: Checked) -> None:
    page = _page("from demo import Client\nc = Client('x')") + _page("c.snd(1)")
    assert checked(FILES, page, "api")["snd"].verdict == "false"


def test_a_block_without_a_word_is_read_where_it_imports(checked: Checked) -> None:
    assert (
        checked(FILES, _page("from demo import Clientt", ""), "import")["Clientt"].verdict
        == "false"
    )


@pytest.mark.parametrize(
    ("span", "text", "verdict"),
    [
        ("demo.connect()", "connect", "true"),
        ("demo.conect()", "conect", "false"),
        ("from demo import conect", "conect", None),
        ("demo.yaml", "yaml", None),
        ("demo.render", "render", "true"),
    ],
)
def test_code_spans(checked: Checked, span: str, text: str, verdict: str | None) -> None:
    page = _page("import demo") + f"\nCall `{span}` then.\n"
    claim = checked(FILES, page, "api").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_evidence_is_the_definition(checked: Checked) -> None:
    claim = checked(FILES, _page("from demo import connect"), "import")["connect"]
    assert claim.evidence is not None
    assert claim.evidence.path == "src/demo/client.py"


def test_a_name_by_case_alone_has_a_certain_mend(checked: Checked) -> None:
    claim = checked(FILES, _page("from demo import client\nclient.point()"), "api")["point"]
    assert (claim.verdict, claim.suggestion, claim.certain) == ("false", "Point", True)


@given(st.text(alphabet="demo.Client()=,\n :>from import as'[]{}λ", max_size=120))
def test_any_text_is_read(text: str) -> None:
    language = Python(Ground.__new__(Ground))
    block = CodeBlock(text, 3, 1, "python")
    for piece in language.fragments(block):
        lines = text.split("\n")
        for node in piece.root.children:
            span = piece.span(node)
            assert lines[span.line - 3][span.column - 1 :].startswith(span.text)
