"""Options of programs whose parser is not read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "package.json": '{"name": "demo", "version": "1.0.0", "bin": {"demo": "cli.js"}}',
    "cli.js": "const own = parse(process.argv)\n"
    'if (own["--depth"]) go()\nif (own["--output"]) go()\nif (own["--quiet"]) go()\n'
    "if (own.dryRun) go()\n",
}
PAGE = "# demo\n\n- `--depth`\n- `--output`\n- `--quiet`\n- `{}`\n"


def test_what_stands_nowhere_beside_what_does(checked: Checked) -> None:
    claims = checked(FILES, PAGE.format("--outputs"), "option")
    assert claims["--depth"].verdict == "true"
    assert str(claims["--depth"].evidence) == "cli.js:2"
    assert (claims["--outputs"].verdict, claims["--outputs"].suggestion) == ("false", "--output")


def test_what_is_meant_may_be_told_nowhere(checked: Checked) -> None:
    """An option that the page does not tell of, in the file that has those it tells of."""
    more = {"cli.js": FILES["cli.js"] + 'if (own["--no-autodetect"]) go()\n'}
    page = PAGE.format("--without-autodetect")
    claim = checked(FILES | more, page, "option", strict=False)["--without-autodetect"]
    assert (claim.verdict, claim.suggestion) == ("false", "--no-autodetect")
    assert str(claim.evidence) == "cli.js:6"
    elsewhere = {"other.js": 'if (own["--no-autodetect"]) go()\n'}
    found = checked(FILES | elsewhere, page, "option", strict=False)["--without-autodetect"]
    assert found.verdict == "not_judged"


def test_a_name_like_it_is_a_doubt(checked: Checked) -> None:
    assert checked(FILES, PAGE.format("--dry-run"), "option")["--dry-run"].verdict == "not_judged"


def test_few_siblings_prove_nothing(checked: Checked) -> None:
    claims = checked(FILES, "# demo\n\n- `--depth`\n- `--deep`\n", "option")
    assert claims["--deep"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("option", "verdict"), [("--latestnpm", "false"), ("--shared-zlib", "not_judged")]
)
def test_without_a_program_only_slips_are_false(
    checked: Checked, option: str, verdict: str
) -> None:
    code = 'case $1 in\n"--latest-npm") ;;\n"--no-colors") ;;\n"--offline") ;;\nesac\n'
    page = f"Pass `--latest-npm`, `--no-colors`, `--offline` or `{option}`.\n"
    found = checked({"demo.sh": code}, page, "option")
    assert found["--offline"].verdict == "true"
    assert (found[option].verdict if option in found else "not_judged") == verdict


@pytest.mark.parametrize(
    ("code", "option", "verdict"),
    [
        ("demo --outputs x", "--outputs", "false"),  # of what is written out
        ("demo --depths 1", "--depths", "false"),
        ("demo --deep 1", "--deep", "not_judged"),  # like nothing closely enough
        ("demo --quiets --shift 1", "--shift", "not_judged"),
        ("other --outputs x", "--outputs", None),
    ],
)
def test_a_slip_needs_no_siblings(
    checked: Checked, code: str, option: str, verdict: str | None
) -> None:
    found = checked(FILES, f"# demo\n\n```sh\n{code}\n```\n", "option", strict=False)
    assert (found[option].verdict if option in found else None) == verdict


def test_a_slip_of_what_is_named_beside_known_ones(checked: Checked) -> None:
    code = "a(options['title'], options['message'], options['scope'])\n"
    page = "# demo\n\n```sh\ndemo --{}=a --message=b --scope=c\n```\n"
    files = {**FILES, "cli.js": code}
    claim = checked(files, page.format("titles"), "option", strict=False)["--titles"]
    assert (claim.verdict, claim.suggestion) == ("false", "--title")
    alone = "# demo\n\n```sh\ndemo --titles=a\n```\n"
    assert checked(files, alone, "option", strict=False)["--titles"].verdict == "not_judged"


HELP = "".join(
    f"  --{name}=<x>   sets it\n"
    for name in "alpha bravo delta gamma kappa omega sigma theta".split()
)


@pytest.mark.parametrize(
    ("options", "verdict"),
    [("alpha bravo delta gamma kappa omega sigma theta", "false"), ("alpha bravo delta gamma", "not_judged")],
)  # fmt: skip
def test_a_help_text_of_a_program_without_a_manifest(
    checked: Checked, options: str, verdict: str
) -> None:
    files = {"demo.pl": "".join(f"GetOptions('--{name}=s');\n" for name in options.split())}
    for name in ("demo", "other"):
        page = f"# demo\n\n```\nUsage: {name}\n{HELP}  --kappa-list=<x>   sets more\n```\n"
        url = "https://github.com/acme/demo"
        claim = checked(files, page, "option", url).get("--kappa-list")
        wanted = verdict if name == "demo" else "not_judged"  # ours may wrap the other
        assert (claim.verdict if claim else "not_judged") == wanted


def test_a_name_with_a_number_may_be_read_with_a_pattern(checked: Checked) -> None:
    more = {"cli.js": FILES["cli.js"] + 'if (own["--level9"] || /^--level(\\d+)$/) go()\n'}
    page = PAGE.format("--level9") + "- `--level10`\n- `--levels`\n"
    claims = checked(FILES | more, page, "option")
    assert [claims[f"--{name}"].verdict for name in ("level9", "level10", "levels")] == [
        "true",
        "not_judged",
        "false",
    ]
