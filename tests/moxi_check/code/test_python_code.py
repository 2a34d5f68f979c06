"""What Python code on a page uses of our packages, and whether that is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_check import Claim, check_readme
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


FOLLOWED = {
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
    "demo/__init__.py": (
        "from contextlib import contextmanager\n\n\n"
        "class Row:\n    def cells(self): ...\n\n\n"
        "class Table:\n"
        "    def __getitem__(self, key) -> Row: ...\n\n"
        "    def __enter__(self) -> 'Row': ...\n\n"
        "    def add(self, first, second, *, style=''): ...\n\n"
        "    def same(self):\n        return self\n\n\n"
        "class App:\n"
        "    CSS = ''\n\n"
        "    def run(self): ...\n\n"
        "    def compose(self): ...\n\n\n"
        "def table(name):\n    if name:\n        return Table()\n    return Table()\n\n\n"
        "def either(name):\n    return Table() if name else Row()\n\n\n"
        "def rows() -> 'list[Row]': ...\n\n\n"
        "def maybe() -> Row | None: ...\n\n\n"
        "def pair() -> tuple[Table, Row]: ...\n\n\n"
        "def some() -> Union[Table, Row]: ...\n\n\n"
        "def handed(name, **rest):\n    with Table() as t:\n        pass\n    row = Table()\n"
        "    return row.add(name, **rest)\n\n\n"
        "@contextmanager\ndef opened() -> Iterator[Table]:\n    yield Table()\n\n\n"
        "def spread(first, *rest): ...\n"
    ),
}


@pytest.mark.parametrize(
    ("code", "kind", "text", "verdict"),
    [
        ("demo.table('x').add()", "api", "add", "true"),
        ("demo.table('x').ad()", "api", "ad", "false"),
        ("demo.table('x').same().same().ad()", "api", "ad", "false"),
        ("demo.either(1).mine()", "api", "mine", None),
        ("t = demo.Table()\nt['a'].cells()", "api", "cells", "true"),
        ("t = demo.Table()\nt['a'].clls()", "api", "clls", "false"),
        ("with demo.Table() as t:\n    t.clls()", "api", "clls", "false"),
        ("for row in demo.rows():\n    row.clls()", "api", "clls", "false"),
        ("[row.clls() for row in demo.rows()]", "api", "clls", "false"),
        ("demo.rows()[0].clls()", "api", "clls", "false"),
        ("demo.rows().mine()", "api", "mine", None),
        ("demo.maybe().clls()", "api", "clls", "false"),
        ("with demo.opened() as t:\n    t.ad()", "api", "ad", "false"),
        ("demo.opened().mine()", "api", "mine", None),
        ("demo.pair()[1].cells()", "api", "cells", None),
        ("demo.some().add(1)", "api", "add", "true"),
        ("demo.some().cells()", "api", "cells", None),
        ("demo.handed(1, style='x')", "argument", "style", "true"),
        ("demo.handed(1, styl='x')", "argument", "styl", "false"),
        ("t = demo.Table()\nt.add(\n    'a',\n    'b',\n)", "argument", "'b'", "true"),
        ("t = demo.Table()\nt.add(\n    0,\n    'a',\n    'b',\n    'c',\n)", "argument", "'c'", "false"),
        ("demo.spread(\n    'a',\n    'b',\n)", "argument", "'b'", "true"),
        ("from demo import Table\nt = Table()", "api", "Table", "true"),
        ("from demo import Tables\nt = Tables()", "api", "Tables", None),
    ],
)  # fmt: skip
def test_values_are_followed(
    checked: Checked, code: str, kind: str, text: str, verdict: str | None
) -> None:
    claim = checked(FOLLOWED, _page(f"import demo\n{code}"), kind).get(text)
    assert (claim.verdict if claim else None) == verdict


def test_a_subclass_has_what_its_base_has_and_more(checked: Checked) -> None:
    code = (
        "from demo import App\n\n"
        "class Mine(App):\n    CSS = 'a'\n\n    def compose(self):\n        self.helper()\n"
        "        super().compose()\n\n    def helper(self):\n        self.run()\n\n"
        "Mine().run()\nMine().helper()\nMine().rnu()\n"
    )
    claims = checked(FOLLOWED, _page(code), "api")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "App": "true", "CSS": "true", "compose": "true", "run": "true",
    }  # fmt: skip


def test_names_of_a_function_end_with_it(checked: Checked) -> None:
    code = "from demo import table\ndef f(table):\n    table.mine()\ntable('x').ad()"
    claims = checked(FOLLOWED, _page(code), "api")
    assert "mine" not in claims
    assert claims["ad"].verdict == "false"


@pytest.mark.parametrize(
    ("listing", "kind", "verdicts"),
    [
        (
            "class Table:\n    '''Words.'''\n\n    def add(self, first, secnd=1):\n        '''Words.'''\n\n"
            "    def ad(self): ...\n",
            "api",
            {"Table": "true", "add": "true", "ad": "false"},
        ),
        (
            "class Table:\n    def add(self, first, secnd=1):\n        '''\n        >>> words\n        '''\n",
            "argument",
            {"first": "true", "secnd": "false"},
        ),
        ("def spread(frist, *rest): ...\n", "argument", {"frist": "false"}),
        ("def spread(frist, *rest):\n    return 1\n", "argument", {}),
        ("class Other:\n    def ad(self): ...\n", "api", {}),
        ("class Table:\n    pass\n", "api", {}),
    ],
)
def test_listings_of_our_own_are_held(
    checked: Checked, listing: str, kind: str, verdicts: dict[str, str]
) -> None:
    claims = checked(FOLLOWED, _page(f"import demo\n{listing}"), kind)
    assert {text: claim.verdict for text, claim in claims.items()} == verdicts


def test_a_name_may_mean_the_package_and_what_it_has(checked: Checked) -> None:
    files = {**FOLLOWED, "demo/more.py": "def late(): ...\n"}
    files["demo/__init__.py"] += "\n\nclass demo:\n    def own(self): ...\n"
    claims = checked(files, _page("from demo import demo\ndemo.more.late()\ndemo.lost()"), "api")
    assert claims["late"].verdict == "true"
    assert claims["lost"].verdict == "false"


@pytest.mark.parametrize(
    ("code", "name", "verdict"),
    [
        ("demo.view.rows", "rows", "not_judged"),  # `demo` is an object that has a `view`
        ("demo.view.shift()", "shift", "not_judged"),
        ("demo.start()", "start", "not_judged"),
        ("demo.view.shifts()", "shifts", "false"),
        ("from demo.view import rows", "rows", "false"),
    ],
)
def test_an_object_may_have_the_name_of_a_module(
    checked: Checked, code: str, name: str, verdict: str
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
        "demo/__init__.py": "",
        "demo/view.py": "def shifted(): ...\n\n\nclass View:\n    def __init__(self):\n        self.rows = []\n\n"
        "    def shift(self): ...\n",
        "demo/app.py": "class App:\n    def start(self): ...\n",
    }
    page = _page(f"import demo\nimport demo.view\n{code}")
    found = checked(files, page, "api") | checked(files, page, "import")
    assert found[name].verdict == verdict


@pytest.mark.parametrize(
    ("link", "verdict"), [("docs/page.md", "false"), ("demo/clients", "not_judged")]
)
def test_links_within_a_package_may_be_modules(tmp_path: Path, link: str, verdict: str) -> None:
    for folder in ("demo", "docs"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text(FILES["pyproject.toml"], "utf-8")
    (tmp_path / "demo/__init__.py").write_text("", "utf-8")
    (tmp_path / "demo/client.py").write_text("", "utf-8")
    (tmp_path / "README.md").write_text(_page("import demo.cliennts"), "utf-8")
    (tmp_path / link).symlink_to(tmp_path / "demo/client.py")
    claims = check_readme(tmp_path, kinds=["import"]).claims
    assert [claim.verdict for claim in claims] == [verdict]


def test_a_signature_with_types_is_no_call(checked: Checked) -> None:
    page = "```python\nfrom demo import connect\nconnect(url: str, wait: bool=False, times: int=3)\n```\n"
    assert not [c for c in checked(FILES, page, "argument").values() if c.verdict == "false"]


def test_a_name_that_its_file_speaks_of_may_be_made_there(checked: Checked) -> None:
    made = "def known(): ...\nfor name in ('LIMIT_FILES', 'LIMIT_CORE'):\n    pass\n"
    files = {"pyproject.toml": FILES["pyproject.toml"], "src/demo/__init__.py": made}
    page = "```python\nimport demo\ndemo.LIMIT_FILES\ndemo.other_thing()\n```\n"
    found = {text: claim.verdict for text, claim in checked(files, page, "api").items()}
    assert (found["LIMIT_FILES"], found["other_thing"]) == ("not_judged", "false")


def test_a_star_gives_what_the_module_lists(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\n',
        "demo/__init__.py": "from demo.near import *\nfrom demo.paths import *\n",
        "demo/near.py": "__all__ = ['near']\nfrom demo._in import _path as path\ndef near(): ...\n",
        "demo/_in.py": "def _path(graph): ...\n",
        "demo/paths.py": "def path(graph, weight=None): ...\n",
    }
    page = "```python\nimport demo\ndemo.path(1, weight=2, wait=3)\n```\n"
    claims = checked(files, page, "argument")
    assert (claims["weight"].verdict, claims["wait"].verdict) == ("true", "false")


@pytest.mark.parametrize(
    ("code", "fence", "word", "verdict"),
    [
        ("c = demo.connects('x')", "python", "connects", "false"),
        ("c = demo.joined('x')", "python", "joined", "not_judged"),  # demo may be another thing
        ("c = demo.connects('x')", "", "connects", "false"),
        ("demo.connect('x')", "", "connect", "true"),
        ("demo.connects('x');", "", "connects", None),  # another language
        ("demo.yaml\ndemo.connects", "", "connects", None),
        ("other.connects('x')", "", "connects", None),
        ("demo.Clients(url='x')", "", "Clients", None),  # what is printed of an object
        ("c = demo.Clients(url='x')", "", "Clients", "false"),
    ],
)
def test_a_package_that_the_page_never_imports(
    checked: Checked, code: str, fence: str, word: str, verdict: str | None
) -> None:
    claims = checked(FILES, _page(code, fence), "api")
    assert (claims[word].verdict if word in claims else None) == verdict


def test_the_name_that_a_short_one_is_a_slip_of(checked: Checked) -> None:
    files = {"pyproject.toml": FILES["pyproject.toml"], "demo/__init__.py": "def verify(): ...\n"}
    claims = checked(files, _page("import demo\ndemo.verifies()\ndemo.testify()"), "api")
    assert (claims["verifies"].verdict, claims["verifies"].suggestion) == ("false", "verify")
    assert claims["testify"].suggestion == ""


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        # A module below our package is ours, imported or not.
        ("demo.lazy.render('x', widths=1)", "widths", "false"),
        ("demo.connect('x', timeouts=1)", "timeouts", "not_judged"),  # `demo` may be an object
        # All that a function takes is known, whatever a keyword is like.
        ("import demo\n\ndemo.lazy.render('x', colour=1)", "colour", "false"),
        ("import demo\n\ndemo.client.anything(colour=1)", "colour", "not_judged"),
        ("import demo\n\ndemo.Client('x').wave()", "wave", "not_judged"),
    ],
)
def test_what_a_function_takes_is_known_whole(
    checked: Checked, code: str, text: str, verdict: str
) -> None:
    page = f"# Demo\n\n```python\n{code}\n```\n"
    found = {
        **checked(FILES, page, "argument", strict=False),
        **checked(FILES, page, "api", strict=False),
    }
    assert found[text].verdict == verdict


@pytest.mark.parametrize(
    ("start", "module", "verdict"),
    [
        ("", "tools.registrie", "false"),
        ("globals().update(vars(object))\n", "tools.registrie", "false"),
        ("globals().update(vars(object))\n", "tools.registries", "true"),
        ("import sys\nglobals()['a'] = 1\nsys.modules['x'] = 1\n", "tools.registrie", "not_judged"),
    ],
)
def test_names_made_as_a_package_runs_are_no_modules(
    checked: Checked, start: str, module: str, verdict: str
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "tools"\nversion = "1"\n',
        "tools/__init__.py": start,
        "tools/registries.py": "class Ordered: ...\n",
    }
    page = f"# Tools\n\n```python\nfrom {module} import Ordered\n```\n"
    assert checked(files, page, "import")[module].verdict == verdict


def test_a_line_of_names_none_of_which_is_there_is_made_up(checked: Checked) -> None:
    claims = checked(FILES, _page("from demo import whatever, you, need"), "import")
    assert {claims[name].verdict for name in ("whatever", "you", "need")} == {"not_judged"}
    claims = checked(FILES, _page("from demo import Client, whatever, Clients"), "import")
    assert claims["whatever"].verdict == "false"


def test_a_row_with_both_names_tells_what_others_call_it(checked: Checked) -> None:
    table = "| There | Here |\n| --- | --- |\n| `demo.Conect()` | `demo.connect()` |\n| `demo.conecct()` | other |\n"
    claims = checked(FILES, f"# Demo\n\n```python\nimport demo\n```\n\n{table}", "api")
    assert claims["Conect"].verdict == "not_judged"
    assert claims["conecct"].verdict == "false"


def test_extension_modules_and_open_packages(checked: Checked) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
        "demo/__init__.py": "def there(): ...\n",
        "demo/fast.pyx": "",
        "space/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
        "tasks.py": "def build(): ...\n",
    }
    code = "from demo import fast, thare\nfrom space import redis\nfrom tasks import send\n"
    claims = checked(files, f"# Demo\n\n```python\n{code}```\n", "import")
    assert claims["fast"].verdict == "true"
    assert claims["thare"].verdict == "false"
    assert {claims[name].verdict for name in ("redis", "send") if name in claims} <= {"not_judged"}
