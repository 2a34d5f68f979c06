"""The public API of a library, and the packages of a monorepo."""

from __future__ import annotations

import re
from collections.abc import Sequence

from moxi_core.records import Fact
from moxi_infer.document import Body, Section
from moxi_infer.markdown import code, codes, fence_language, link, prose
from moxi_infer.subject import Subject

MAX_PACKAGES = 20
MAX_SYMBOLS = 30
MAX_FURTHER = 30
MAX_BESIDE_PROGRAM = 10
_HELP_CHARS = 120
_SIGNATURE_CHARS = 90
_NOT_FOR_USERS = re.compile(r"(?i)\W*(?:internal|private|deprecated|not part of the public)\b")


def packages(subject: Subject) -> Section | None:
    """The packages of a repository that holds several, each with its folder."""
    members = [f for f in subject.packages if f.scope and f.detail.get("private") != "true"]
    if any(f.detail.get("registry") for f in members):
        members = [f for f in members if not _is_aside(subject, f)]
    if len(members) < 2 or not (subject.is_monorepo or len(members) >= 3):
        return None
    body = Body()
    members.sort(key=lambda f: (f.scope.count("/"), "@" in f.scope, f.scope))
    shown = members[:MAX_PACKAGES]
    body.table(
        ["Package", "Folder", "Description"],
        [
            (
                [code(f.value), _folder(subject, f.scope), prose(_description(subject, f), 140)],
                [f],
            )
            for f in shown
        ],
    )
    rest = members[len(shown) :]
    if rest:
        names = codes(f.value for f in rest[:MAX_FURTHER])
        more = f" and {len(rest) - MAX_FURTHER} more" if len(rest) > MAX_FURTHER else ""
        body.paragraph(f"Also {names}{more}.", *rest)
    return body.section("packages", "Packages")


def _is_aside(subject: Subject, package: Fact) -> bool:
    """Whether a program beside published packages is neither published nor described: a trial."""
    is_program = package.detail.get("role") == "binary" and not package.detail.get("registry")
    return is_program and not _description(subject, package)


def _folder(subject: Subject, path: str) -> str:
    return link(code(path), path) if path in subject.folders else code(path)


def _description(subject: Subject, package: Fact) -> str:
    described = subject.first("description", package.scope)
    return package.text or (described.value if described else "")


def api(subject: Subject) -> Section | None:
    """The most central symbols with signature and documentation; the rest by name."""
    if subject.snapshot.project_type.name in {"web_application", "service", "mobile_application"}:
        return None
    if subject.main and subject.main.detail.get("role") == "binary":
        return None
    symbols = sorted(_symbols(subject), key=_rank)
    if not symbols or (subject.installed_programs and not _is_importable(subject)):
        return None
    body = Body()
    top = [f for f in symbols if not f.detail.get("parent")] or symbols
    documented = [f for f in top if f.text]
    is_beside = bool(subject.installed_programs)
    if is_beside and len(top) > 3 and 4 * len(documented) < min(len(top), MAX_BESIDE_PROGRAM):
        return None  # a program's inner workings, not an interface that anyone wrote for others
    limit = MAX_BESIDE_PROGRAM if is_beside else MAX_SYMBOLS
    told = len(documented) >= 5 or (is_beside and documented)
    shown = (documented if told else top)[:limit]
    imports = [f for f in symbols if f.detail.get("import")]
    if imports and not subject.of("example"):
        language = fence_language(imports[0].detail.get("language", ""))
        body.code(language, [(imports[0].detail["import"], [imports[0]])])
    body.table(
        ["Name", "Kind", "Description"],
        [
            (
                [
                    code(_signature(f)),
                    prose(f.detail.get("symbol", "")),
                    prose(f.text, _HELP_CHARS),
                ],
                [f],
            )
            for f in shown
        ],
    )
    if not is_beside:
        _further(body, [f for f in symbols if f not in shown])
    return body.section("api", "API")


def _symbols(subject: Subject) -> list[Fact]:
    """Symbols of the main package; of all packages where none is the main one."""
    return (
        subject.of("api_symbol", subject.main.scope) if subject.main else subject.of("api_symbol")
    )


def _is_importable(subject: Subject) -> bool:
    """Whether a project with programs is meant to be imported as well."""
    main = subject.main
    if main is None or not (subject.has_registry or subject.ecosystem == "c_cpp"):
        return False  # C and C++ have no registry of their own
    return main.detail.get("role") in {"both", "library"} or subject.ecosystem == "python"


def _rank(fact: Fact) -> tuple[bool, int, int]:
    rank = fact.detail.get("rank", "")
    kinds = ("function", "class", "component", "type", "macro", "interface")
    symbol = fact.detail.get("symbol", "")
    return (
        bool(_NOT_FOR_USERS.match(fact.text)),
        int(rank) if rank.isdigit() else 50,
        kinds.index(symbol) if symbol in kinds else 9,
    )


def _signature(fact: Fact) -> str:
    signature = " ".join(fact.detail.get("signature", "").split())
    signature = re.sub(r"^(?:export (?:default )?|pub |public )+", "", signature)
    signature = re.sub(r"^(?:const|let|var) (\w+) = (?:async )?(?=\()", r"\1", signature)
    if fact.detail.get("symbol") == "constant" or fact.value not in signature:
        return fact.value
    if len(signature) > _SIGNATURE_CHARS:
        return fact.value
    return signature


def _further(body: Body, symbols: Sequence[Fact]) -> None:
    rest = symbols[:MAX_FURTHER]
    if rest:
        body.paragraph(f"Also: {codes(dict.fromkeys(f.value for f in rest))}.", *rest)
