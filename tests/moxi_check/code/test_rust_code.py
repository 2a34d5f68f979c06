"""Rust code on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "Cargo.toml": '[package]\nname = "demo-kit"\nversion = "1.0.0"\n\n[dependencies]\nserde = "1"\n',
    "src/lib.rs": "pub mod render;\nmod hidden;\npub use hidden::Tool;\npub use serde::Serialize;\n"
    "pub mod open { pub use serde::*; }\n"
    "#[macro_export]\nmacro_rules! draw { () => {} }\n"
    "pub enum Color { Red, Green }\n"
    "pub struct Client;\nimpl Client { pub fn connect() {} }\n"
    "#[derive(Builder)]\npub struct Made;\n"
    "pub fn start() {}\nfn inner() {}\n",
    "src/hidden.rs": "pub struct Tool;\n",
    "src/render.rs": "pub fn html() {}\n",
}


def readme(code: str) -> str:
    return f"# Demo\n\n```rust,no_run\n{code}\n```\n"


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("use demo_kit::Client;", "demo_kit", "true"),
        ("use demo_kit::Client;", "Client", "true"),
        ("use demo_kit::{render::{self, html}, Tool};", "html", "true"),
        ("use demo_kit::{render::{self, html}, Tool};", "Tool", "true"),
        ("use demo_kit::render::text;", "text", "false"),
        ("use demo_kit::renders;", "renders", "false"),
        ("use demo_kit::inner;", "inner", "false"),  # is private
        ("use demo_kit::html;", "html", "false"),  # is in a module
        ("use demo_kit::draw;", "draw", "true"),
        ("use demo_kit::Serialize;", "Serialize", "true"),
        ("use demo_kit::open::Deserialize;", "Deserialize", "not_judged"),
        ("use demo_kits::Client;", "demo_kits", "false"),
        ("use demokit::render::html;", "demokit", "false"),
        ("# use demo_kit::Clients;", "Clients", "false"),
        ("use demo::{Client, Color};", "demo", "false"),
    ],
)
def test_imports(checked: Checked, code: str, word: str, verdict: str) -> None:
    assert checked(FILES, readme(code), "import")[word].verdict == verdict


@pytest.mark.parametrize(
    "code",
    [
        "use serde::Deserialize;",
        "use std::io;",
        "use demo_kit_extra::Other;",
        "use crate::Client;",
        "use demo::Client;",
        "use demo::{Client, Color, Nothing};",
        "use dem::{Client, Color};",
    ],
)
def test_crates_of_others_are_no_claims(checked: Checked, code: str) -> None:
    assert checked(FILES, readme(code), "import") == {}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("demo_kit::start();", "start", "true"),
        ("demo_kit::stop();", "stop", "false"),
        ("use demo_kit::Client;\nlet c = Client::connect();", "connect", "true"),
        ("use demo_kit::Client;\nlet c = Client::dial();", "dial", "false"),
        ("use demo_kit::Client;\nlet c = Client::default();", "default", "not_judged"),
        ("use demo_kit::Made;\nlet c = Made::shape();", "shape", "not_judged"),
        ("use demo_kit::Color;\nlet c = Color::Red;", "Red", "true"),
        ("use demo_kit::Color;\nlet c = Color::Blue;", "Blue", "false"),
        ("use demo_kit::render as r;\nr::text();", "text", "false"),
        ("demo_kit::draw!();", "draw", "true"),
    ],
)
def test_paths(checked: Checked, code: str, word: str, verdict: str) -> None:
    assert checked(FILES, readme(code), "api")[word].verdict == verdict


def test_types_of_the_example_are_no_claims(checked: Checked) -> None:
    code = "use demo_kit::Client;\nstruct Color;\nimpl Color { fn blue() {} }\nColor::blue();"
    assert checked(FILES, readme(code), "api") == {}


def test_code_spans(checked: Checked) -> None:
    claims = checked(FILES, "Call `demo_kit::start()` or `demo_kit::begin`.\n", "api")
    assert (claims["start"].verdict, claims["begin"].verdict) == ("true", "false")


OBJECTS = {
    "Cargo.toml": '[package]\nname = "demo-kit"\nversion = "1.0.0"\n',
    "src/lib.rs": "use std::io::Write;\npub struct Client { pub depth: u8 }\nimpl Client {\n"
    "    pub fn new() -> Self { todo!() }\n    pub fn open(&self) -> Result<Reader, Error> { todo!() }\n"
    "    pub fn name(&self) -> String { todo!() }\n}\n"
    "pub struct Reader;\nimpl Reader { pub fn fill_all(&self) {} }\n"
    "pub fn connect() -> Client { todo!() }\n"
    "#[macro_export]\nmacro_rules! draw { () => {} }\n",
    "derive/src/lib.rs": "#[proc_macro_derive(Drawn, attributes(drawn))]\npub fn derive(x: T) -> T { x }\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("let mut c = demo_kit::Client::new();\nc.open();", "open", "true"),
        ("let c = demo_kit::Client { depth: 1 };\nlet d = c.depth;", "depth", "true"),
        ("let c = demo_kit::connect();\nlet r = c.open()?;\nr.fill_all();", "fill_all", "true"),
        ("use demo_kit::Client;\nfn f(c: &mut Client) { c.open(); }", "open", "true"),
        ("let r = demo_kit::Client::new().open().unwrap();\nr.fill_all();", "fill_all", "true"),
        ("let r = demo_kit::Client::new().open()?;\nr.fill_alll();", "fill_alll", "false"),
        ("let n = demo_kit::connect().name();\nn.fill_all();", "fill_all", ""),
        ("let c = other::Client::new();\nc.open();", "open", ""),
        ("draw!();", "draw", "true"),
        ("paint!();", "paint", ""),
        ("#[derive(Debug, Drawn)]\nstruct A { #[drawn(x)] b: u8 }", "Drawn", "true"),
        ("#[derive(Debug, Drawn)]\nstruct A { #[drawn(x)] b: u8 }", "drawn", "true"),
    ],
)
def test_objects_and_macros(checked: Checked, code: str, word: str, verdict: str) -> None:
    claim = checked(OBJECTS, readme(code), "api").get(word)
    assert (claim.verdict if claim else "") == verdict


def test_an_import_that_own_code_has_too(checked: Checked) -> None:
    claims = checked(OBJECTS, readme("use std::io::Write;\nuse std::fmt::Debug;"), "import")
    assert {text: claim.verdict for text, claim in claims.items()} == {"Write": "true"}


@pytest.mark.parametrize(
    ("line", "word", "verdict"),
    [
        ("pub extern crate serde;", "serde", "true"),
        ("pub extern crate serde as data;", "data", "true"),
        ("pub extern crate serde as data;", "serde", "false"),
        ("extern crate serde;", "serde", "false"),
    ],
)
def test_a_crate_is_passed_on(checked: Checked, line: str, word: str, verdict: str) -> None:
    files = {**FILES, "src/lib.rs": f"{line}\n{FILES['src/lib.rs']}"}
    code = readme(f"use demo_kit::{word}::Value;")
    assert checked(files, code, "import")[word].verdict == verdict


def test_names_in_a_file_that_is_not_parsed_to_its_end(checked: Checked) -> None:
    long = "pub fn early() {}\n" + "// more\n" * 50_000 + "pub struct Late;\n"
    files = {**FILES, "src/lib.rs": "mod made;\npub use made::*;\n", "src/made.rs": long}
    claims = checked(files, readme("use demo_kit::{Late, Latest, early};"), "import")
    assert [claims[w].verdict for w in ("Late", "Latest", "early")] == [
        "not_judged",
        "false",
        "true",
    ]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("ClientBuilder", "not_judged"), ("MockClient", "not_judged"), ("Clients", "false")],
)
def test_names_that_attributes_make(checked: Checked, name: str, verdict: str) -> None:
    claims = checked(FILES, readme(f"use demo_kit::{name};"), "import")
    assert claims[name].verdict == verdict
