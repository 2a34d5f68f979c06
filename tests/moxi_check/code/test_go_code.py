"""Go code on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "go.mod": "module github.com/o/demo/v2\n\ngo 1.22\n",
    "demo.go": "package demo\n\n"
    'import "bufio"\n\n'
    "// Client talks.\n"
    "type Client struct {\n\tBase\n\tName string\n\tbufio.Writer\n}\n\n"
    "type Base struct{ Depth int }\n\n"
    "func (b *Base) Reset() {}\n\n"
    "type Plain struct{ Size int }\n\n"
    "func (p *Plain) Grow() *Plain { return p }\n\n"
    "func New(name string) (*Client, error) { return nil, nil }\n\n"
    "func NewPlain() *Plain { return nil }\n\n"
    "const Limit = 3\n\n"
    "type Served interface { http.Handler }\n\n"
    "type Doer interface {\n\tDo() *Plain\n}\n",
    "render/render.go": "package render\n\nfunc HTML() {}\n",
    "docs/a.md": "",
}


def readme(code: str) -> str:
    return f"# Demo\n\n```go\n{code}\n```\n"


@pytest.mark.parametrize(
    ("path", "verdict", "mend"),
    [
        ("github.com/o/demo/v2", "true", ""),
        ("github.com/o/demo/v2/render", "true", ""),
        ("github.com/o/demo", "false", "github.com/o/demo/v2"),
        ("github.com/o/demo/render", "false", "github.com/o/demo/v2/render"),
        ("github.com/o/demo/v3", "false", "github.com/o/demo/v2"),
        ("github.com/o/demo/v2/renders", "false", "github.com/o/demo/v2/render"),
        ("github.com/o/demo/v2/docs", "false", ""),
    ],
)
def test_import_paths(checked: Checked, path: str, verdict: str, mend: str) -> None:
    claim = checked(FILES, readme(f'import "{path}"'), "import")[path]
    assert claim.verdict == verdict
    assert not mend or claim.suggestion == mend


@pytest.mark.parametrize("path", ["github.com/o/demo-extra", "github.com/o/demos", "fmt"])
def test_imports_of_others_are_no_claims(checked: Checked, path: str) -> None:
    assert checked(FILES, readme(f'import "{path}"'), "import") == {}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("demo.NewPlain()", "NewPlain", "true"),
        ("demo.NewPlane()", "NewPlane", "false"),
        ("fmt.Println(demo.Limit)", "Limit", "true"),
        ("demo.HTML()", "HTML", "false"),  # it is in another package
        ("p := demo.NewPlain()\np.Grow().Grow()", "Grow", "true"),
        ("p := demo.NewPlain()\np.Grow().Shrink()", "Shrink", "false"),
        ("p := &demo.Plain{}\np.Growth()", "Growth", "false"),
        ("var p demo.Plain\np.Growth()", "Growth", "false"),
        ("func f(d demo.Doer) { d.Do().Size = 1 }", "Size", "true"),
        ("func f(d demo.Doer) { d.Done() }", "Done", "false"),
        ("c, err := demo.New(`a`)\nc.Reset()", "Reset", "true"),
        ("func f(s demo.Served) { s.ServeHTTP() }", "ServeHTTP", "true"),
        ("func f(s demo.Served) { s.Serves() }", "Serves", "false"),
        ("c, err := demo.New(`a`)\nc.Write()", "Write", "not_judged"),  # of a foreign part
    ],
)
def test_names(checked: Checked, code: str, word: str, verdict: str) -> None:
    assert checked(FILES, readme(code), "api")[word].verdict == verdict


def test_an_import_of_one_block_holds_in_the_next(checked: Checked) -> None:
    page = readme('import r "github.com/o/demo/v2/render"') + readme("r.HTML()\nr.Text()")
    claims = checked(FILES, page, "api")
    assert (claims["HTML"].verdict, claims["Text"].verdict) == ("true", "false")


@pytest.mark.parametrize(
    "code",
    [
        "demo := other()\ndemo.Nothing()",
        'import "github.com/x/demo"\n\nfunc main() { demo.Nothing() }',
        "func f(demo Thing) { demo.Nothing() }",
        "for demo := range things { demo.Nothing() }",
        "p := demo.NewPlain()\np = other()\nq.Nothing()",
    ],
)
def test_names_of_the_example_are_no_claims(checked: Checked, code: str) -> None:
    assert "Nothing" not in checked(FILES, readme(code), "api")


def test_fields_of_literals(checked: Checked) -> None:
    code = "a := demo.Plain{Size: 1, Sizes: 2}\nb := demo.Client{Base: x, Writer: y, Depth: 1}"
    claims = checked(FILES, readme(code), "argument")
    verdicts = {name: claim.verdict for name, claim in claims.items()}
    # A field of an embedded struct cannot be named in a literal.
    assert verdicts == {
        "Size": "true",
        "Sizes": "false",
        "Base": "true",
        "Writer": "true",
        "Depth": "false",
    }


def test_code_spans(checked: Checked) -> None:
    claims = checked(FILES, "Call `demo.NewPlain()`, not `demo.Shrink()`.\n", "api")
    assert (claims["NewPlain"].verdict, claims["Shrink"].verdict) == ("true", "false")


def test_an_action_that_is_called_as_a_name_would_be(checked: Checked) -> None:
    files = {**FILES, "actions.go": 'package demo\n\nvar actions = []string{"Freeze"}\n'}
    text = "# Demo\n\nBind `demo.Freeze` or `demo.Freez`.\n\n" + readme(
        'import demo "github.com/o/demo/v2"\n\nvar x = demo.Limit'
    )
    claims = checked(files, text, "api")
    assert (claims["Freeze"].verdict, claims["Freez"].verdict) == ("not_judged", "false")


MORE = {
    "go.mod": "module github.com/o/migrate\n\ngo 1.22\n",
    "migrate.go": 'package migrate\n\nimport (\n\t"os"\n)\n\ntype Tool struct{}\n\nfunc (t *Tool) Run() {}\n\n'
    "func Printer(n int) func(s string) { return nil }\n\nfunc (t *Tool) Printer() func(s string) { return nil }\n\n"
    "func Get(key string) string { return os.Getenv(key) }\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ('red := migrate.Printer(1)\nred("x")', "red", "true"),
        ('var t migrate.Tool\nred := t.Printer()\nred("x")', "red", "true"),
        ('red := other.Printer(1)\nred("x")', "red", ""),
        ("x() // uses migrate.Get", "Get", "true"),
        ("x() // uses migrate.Gets", "Gets", "false"),
        ("x() // see cfg.Get", "Get", ""),
        ('Get("key")', "Get", "true"),
        ('Gets("key")', "Gets", ""),
        ("func f(t *Tool) { t.Run() }", "Tool", "true"),
        ("func f(t *Tool) { t.Run() }", "Run", "true"),
        ("type Tool struct{}\nfunc f(t *Tool) {}", "Tool", ""),
    ],
)
def test_functions_that_are_given_comments_and_bare_names(
    checked: Checked, code: str, word: str, verdict: str
) -> None:
    claim = checked(MORE, readme(code), "api").get(word)
    assert (claim.verdict if claim else "") == verdict


def test_an_import_that_own_code_has_too(checked: Checked) -> None:
    claims = checked(MORE, readme('import (\n\t"os"\n\t"io"\n)'), "import")
    assert list(claims) == ["os"]
    assert claims["os"].evidence is not None
    assert (claims["os"].evidence.path, claims["os"].evidence.line) == ("migrate.go", 4)


def test_a_title_that_is_the_project_is_no_other_time(checked: Checked) -> None:
    code = '```go\nimport "github.com/o/migrate/other"\n```\n'
    text = "github.com/o/migrate/other"
    for title, verdict in (("migrate", "false"), ("Migrating", "not_judged")):
        claims = checked(MORE, f"# {title}\n\n{code}", "import", "https://github.com/o/migrate")
        assert claims[text].verdict == verdict


def test_a_sentence_asks_a_method_of_the_package_of_its_type(checked: Checked) -> None:
    page = readme('import "github.com/o/demo/v2"\n\nfunc main() { demo.Grow() }')
    assert checked(FILES, page, "api")["Grow"].verdict == "false"
    page = readme('import "github.com/o/demo/v2"') + "\nCall `demo.Grow`, not `demo.Grew`.\n"
    claims = checked(FILES, page, "api")
    assert (claims["Grow"].verdict, claims["Grew"].verdict) == ("not_judged", "false")


def test_x_and_y_stand_for_numbers(checked: Checked) -> None:
    files = {**FILES, "made.go": "package demo\n\nfunc NewPair3Arg1() {}\n"}
    page = (
        readme('import "github.com/o/demo/v2"')
        + "\n`demo.NewPairXArgY()`, `demo.NewTripleXArgY()`\n"
    )
    claims = checked(files, page, "api")
    assert claims["NewPairXArgY"].verdict == "not_judged"
    assert claims["NewTripleXArgY"].verdict == "false"


def test_what_a_block_imports_hides_ours(checked: Checked) -> None:
    files = {
        "go.mod": "module github.com/acme/demo\n\ngo 1.22\n",
        "errors/errors.go": "package errors\n\nfunc Wrap(err error) error { return err }\n",
    }
    own = 'import "github.com/acme/demo/errors"\n\nfunc f() { errors.Wrop(nil) }'
    other = 'import "errors"\n\nfunc g() { errors.Is(nil, nil) }'
    page = f"# Demo\n\n```go\n{own}\n```\n\n```go\n{other}\n```\n"
    claims = checked(files, page, "api")
    assert claims["Wrop"].verdict == "false"
    assert "Is" not in claims or claims["Is"].verdict != "false"
