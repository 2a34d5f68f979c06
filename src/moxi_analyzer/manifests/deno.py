"""deno.json and jsr.json: packages for Deno and JSR, and Deno's tasks."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_analyzer.formats import as_dict, as_str, load_json, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.json_lines import key_lines
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.records import Evidence, Fact, FactKind

_MAX_TASKS = 200


def _read(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path)
    if text is None:
        return
    data = load_json(text)
    if not isinstance(data, dict):
        raise ManifestError("not a JSON object")
    data, lines, folder = as_dict(data), key_lines(text), folder_of(path)

    def fact(kind: FactKind, value: str, *keys: str, text: str = "", **detail: str) -> Fact:
        evidence = Evidence(path=path, line=lines.get(keys, 0))
        kept = {key.strip("_"): word for key, word in detail.items() if word}
        return Fact(kind=kind, value=value, evidence=evidence, scope=folder, text=text, detail=kept)

    name, version = as_str(data.get("name")), as_str(data.get("version"))
    if name and not repo.has(join(folder, "package.json")):
        published = name.startswith("@") and bool(data.get("exports"))
        yield fact(
            "package", name, "name", ecosystem="javascript", manager="deno",
            registry="jsr" if published else "", private="" if published else "true",
            role="library" if published else "", import_=name if published else "",
        )  # fmt: skip
        if version:
            yield fact("version", version, "version")
    license_name = as_str(data.get("license"))
    if license_name:
        yield fact("license", stated(license_name), "license", from_="manifest")
    for task, value in list(as_dict(data.get("tasks")).items())[:_MAX_TASKS]:
        command = as_str(value) or as_str(as_dict(value).get("command"))
        described = as_str(as_dict(value).get("description"))
        if command or described:
            help_text = one_line(described or command, 500)
            run = f"deno task {task}"
            yield fact("task", task, "tasks", task, text=help_text, tool="deno", run=run)


MANIFESTS: tuple[Manifest, ...] = (manifest(r"deno\.jsonc?|jsr\.jsonc?", _read),)
