"""Judges a README against its repository by literal evidence; imports nothing of the product.

    python benchmarks/oracle.py REPO README [--human HUMAN_README] [--json]

Every checkable statement is `true`, `false` or `unknown`; with --human also what of the human
README's confirmed commands, options, variables and scripts the README states too.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence import coverage as cover
from evidence.commands import shell
from evidence.document import Document, parse
from evidence.imports import imports
from evidence.legal import license_statements, licenses, versions
from evidence.project import Project
from evidence.statement import Case, Statement, unique
from evidence.tree import Tree
from evidence.words import diagrams, environment, links, options, paths, placeholders


@dataclass
class Report:
    """All statements of one README, and its coverage of the human one."""

    statements: list[Statement]
    size: int
    license_known: list[str]
    license_right: bool | None
    coverage: cover.Coverage | None = None
    install: dict[str, Any] = field(default_factory=dict)

    def count(self, verdict: str, *kinds: str) -> int:
        return sum(
            s.verdict == verdict and (s.kind in kinds if kinds else s.kind != "placeholder")
            for s in self.statements
        )

    def as_dict(self) -> dict[str, Any]:
        by_kind: dict[str, Counter[str]] = {}
        for statement in self.statements:
            by_kind.setdefault(statement.kind, Counter())[statement.verdict] += 1
        return {
            "bytes": self.size,
            "true": self.count("true"),
            "false": self.count("false"),
            "unknown": self.count("unknown"),
            "placeholders": self.count("false", "placeholder"),
            "broken_links": self.count("false", "link", "image", "anchor"),
            "kinds": {kind: dict(counts) for kind, counts in sorted(by_kind.items())},
            "license": {"known": self.license_known, "right": self.license_right},
            "install": self.install,
            "coverage": self.coverage.as_dict() if self.coverage else None,
            "findings": [s.as_dict() for s in self.statements if s.verdict != "true"],
        }


class Oracle:
    """One repository; judges any number of READMEs against it."""

    def __init__(self, root: Path) -> None:
        self.tree = Tree(root)
        self.project = Project(self.tree)

    def case(self, path: Path, strict: bool = False) -> Case:
        document = parse(path.read_text("utf-8", "replace"), rst=path.suffix.lower() == ".rst")
        return Case(self.tree, self.project, document, strict)

    def statements(self, case: Case) -> list[Statement]:
        found = [
            *links(case, self.project.remote),
            *paths(case),
            *diagrams(case),
            *options(case),
            *environment(case),
            *shell(case),
            *imports(case),
            *license_statements(case),
            *versions(case),
            *placeholders(case),
        ]
        return unique(found)

    def judge(
        self,
        readme: Path,
        human: Path | None = None,
        registry: str = "",
        package: str = "",
        strict: bool = False,
    ) -> Report:
        case = self.case(readme, strict)
        known = licenses(self.tree, self.project)
        text = case.document.text
        report = Report(
            self.statements(case),
            readme.stat().st_size,
            sorted(known),
            cover.license_right(text, case),
        )
        if human:
            human_case = self.case(human)
            report.coverage = cover.coverage(self.statements(human_case), case, case.document)
            report.install = self._install(human_case.document, text, registry, package)
        return report

    def _install(self, human: Document, text: str, registry: str, package: str) -> dict[str, Any]:
        named = bool(registry) and cover.names_registry(human.text, registry)
        right = cover.install_right(text, registry, package) if registry else None
        return {"registry": registry, "package": package, "named_by_human": named, "right": right}


def show(report: Report) -> None:
    data = report.as_dict()
    judged = data["true"] + data["false"]
    rate = f"{data['true'] / judged:.1%}" if judged else "-"
    print(
        f"{data['true']} true, {data['false']} false, {data['unknown']} unknown ({rate} of judged)"
    )
    print(
        f"{data['placeholders']} placeholders, {data['broken_links']} broken links, {data['bytes']} bytes"
    )
    print(f"license {data['license']['known']}: {data['license']['right']}")
    for kind, counts in data["kinds"].items():
        print(f"  {kind:12} " + ", ".join(f"{n} {verdict}" for verdict, n in counts.items()))
    for item in data["findings"]:
        print(
            f"{item['line']:5} {item['verdict']:7} {item['kind']:11} {item['text']}  [{item['why']}]"
        )
    if report.coverage and report.coverage.share is not None:
        print(
            f"coverage {report.coverage.share:.0%} {report.coverage.covered} of {report.coverage.stated}"
        )
        for miss in report.coverage.misses:
            print(f"  miss {miss['kind']:9} {miss['key']} (human line {miss['line']})")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("readme", type=Path)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--registry", default="", help="the registry the package is on, as PyPI")
    parser.add_argument("--package", default="", help="the name it is installed by")
    parser.add_argument("--strict", action="store_true", help="the README speaks of nothing else")
    parser.add_argument("--json", action="store_true")
    options_given = parser.parse_args()
    report = Oracle(options_given.repository).judge(
        options_given.readme,
        options_given.human,
        options_given.registry,
        options_given.package,
        options_given.strict,
    )
    if options_given.json:
        print(json.dumps(report.as_dict(), indent=1, ensure_ascii=False))
    else:
        show(report)
    return 1 if report.count("false") or report.count("false", "placeholder") else 0


if __name__ == "__main__":
    raise SystemExit(main())
