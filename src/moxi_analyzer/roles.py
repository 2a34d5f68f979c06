"""What part a file plays, judged from its path alone: source, test, example, doc, vendored …"""

from __future__ import annotations

import re
from functools import lru_cache

from moxi_analyzer.languages import suffix_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import FileRole

_VENDORED = frozenset(
    "node_modules vendor vendored _vendor third_party thirdparty third-party bower_components pods "
    "site-packages .yarn .venv venv external_libs extern externals".split()
)
_TEST = frozenset(
    "tests testing __tests__ spec specs testdata test-data test_data fixtures __fixtures__ e2e "
    "cypress bench benches benchmark benchmarks integration-tests integration_tests "
    "__mocks__ testutil testutils test-utils unittests androidtest".split()
)
_EXAMPLE = frozenset(
    "example examples _examples sample samples demos tutorial tutorials playground playgrounds "
    "cookbook recipes_examples quickstart".split()
)
_TEMPLATE = frozenset(
    "template templates skeleton scaffold scaffolds boilerplate archetype".split()
)
_DOC = frozenset("doc docs documentation website site man manual wiki guide guides".split())
_GENERATED_DIRS = frozenset(
    "dist out generated gen __generated__ .next build-output coverage".split()
)

# Source sets of Gradle: `src/commonTest`, `src/jvmIntegrationTest`.
_TEST_SET = lazy_pattern(
    r"(?:common|jvm|js|native|android|ios|apple|desktop|web|wasm|integration|unit|functional)+test"
)
_TEST_FILE = lazy_pattern(
    r"(^test_.*\.py$|^conftest\.py$|_test\.(py|go|rb|exs?|dart|cc|cpp|c)$|_spec\.rb$"
    r"|\.(test|spec|cy|stories|bench)\.[cm]?[jt]sx?$|(Tests?|Spec|IT)\.(java|kt|cs|swift|php|scala)$)"
)
_GENERATED_FILE = lazy_pattern(
    r"(\.min\.(js|css|mjs)$|[.-]bundle(-core)?\.js$|^(swagger-ui|jquery|bootstrap)[\w.-]*\.(js|css)$|\.pb\.go$|_pb2(_grpc)?\.pyi?$|\.g\.dart$|\.freezed\.dart$"
    r"|\.designer\.cs$|\.map$|\.snap$|_generated\.(go|rs|ts|py)$|^zz_generated)",
    re.IGNORECASE,
)
LOCK_FILES = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb cargo.lock "
    "poetry.lock pdm.lock uv.lock pipfile.lock composer.lock gemfile.lock go.sum mix.lock "
    "pubspec.lock flake.lock package.resolved podfile.lock deno.lock".split()
)
_DOC_SUFFIX = frozenset(
    ".md .markdown .mdx .rst .adoc .asciidoc .org .textile .1 .5 .8 .tex".split()
)
_ASSET_SUFFIX = frozenset(
    ".png .jpg .jpeg .gif .webp .svg .ico .icns .bmp .tif .tiff .psd .ai .woff .woff2 .ttf .otf .eot "
    ".mp3 .mp4 .wav .ogg .flac .mov .avi .webm .mkv .pdf .zip .gz .bz2 .xz .zst .tar .tgz .7z .rar "
    ".jar .war .class .so .dylib .dll .exe .a .o .obj .lib .bin .dat .db .sqlite .sqlite3 .npy .npz "
    ".pkl .pt .pth .onnx .h5 .hdf5 .parquet .arrow .safetensors .gguf .wasm .pyc .csv .tsv .xlsx .docx "
    ".pptx .glb .gltf .fbx .blend .stl .patch .diff .po .mo".split()
)
_CONFIG_SUFFIX = frozenset(
    ".toml .yaml .yml .json .jsonc .json5 .ini .cfg .conf .properties .xml .gradle .kts .cabal .lock "
    ".plist .editorconfig .env .nix .props .targets .csproj .fsproj .vbproj .sln .gemspec".split()
)
_CONFIG_NAME = frozenset(
    "makefile gnumakefile dockerfile containerfile justfile procfile rakefile gemfile vagrantfile "
    "jenkinsfile cmakelists.txt meson.build configure.ac setup.py noxfile.py package.swift "
    "license copying".split()
)


@lru_cache(maxsize=65536)
def role_of(path: str) -> FileRole:
    """The part that the file at `path` (posix, from the repository's root) plays."""
    folder, _, name = path.rpartition("/")
    root = path[: path.find("/")].lower() if folder else ""
    # A root folder `demo` shows a page in JavaScript projects; with Python in it, it is a package.
    is_demo = root == "demo" and not name.endswith(".py")
    return _role_of_folder(folder) or ("example" if is_demo else _role_of_name(name, root))


@lru_cache(maxsize=16_384)
def _role_of_folder(folder: str) -> FileRole | None:
    """What the folders on the way say of all files in `folder` ("" is the root)."""
    folders = folder.lower().split("/") if folder else []
    for depth, folder in enumerate(folders):
        if folder in _VENDORED:
            return "vendored"
        if "{{" in folder or (folder in _TEMPLATE and depth == 0):
            return "template"
        if folder in _TEST or (folder == "test" and _is_test_place(folders, depth)):
            return "test"
        if folder.startswith("_") and folder.strip("_") in {"test", *_TEST}:
            return "test"
        if _TEST_SET.fullmatch(folder) and depth and folders[depth - 1] == "src":
            return "test"
        if folder in _EXAMPLE:
            return "example"
        if folder in _GENERATED_DIRS and depth == 0:
            return "generated"
    return None


def _is_test_place(folders: list[str], depth: int) -> bool:
    # `django/test/` is product code; `test/`, `src/test/` and `packages/x/test/` are tests.
    return depth == 0 or folders[depth - 1] == "src" or folders[0] in {"packages", "crates", "apps"}


def _role_of_name(name: str, root: str) -> FileRole:
    lower = name.lower()
    suffix = suffix_of(lower)
    if _TEST_FILE.search(name):
        return "test"
    if lower in LOCK_FILES or _GENERATED_FILE.search(name):
        return "generated"
    if suffix in _ASSET_SUFFIX:
        return "asset"
    if "{{" in name or lower.endswith((".tmpl", ".template")):
        return "template"
    if suffix in _DOC_SUFFIX or root in _DOC:
        return "doc"
    if suffix in _CONFIG_SUFFIX or lower in _CONFIG_NAME or lower.startswith("."):
        return "config"
    return "source"


def is_own(path: str) -> bool:
    """Whether a manifest at `path` can speak for the project itself.

    Manifests under examples, tests, benches, fixtures, vendored, generated or template folders
    describe something else.
    """
    return _is_own_folder(path.rpartition("/")[0])


@lru_cache(maxsize=16_384)
def _is_own_folder(folder: str) -> bool:
    folders = folder.lower().split("/")
    if not _TEMPLATE.isdisjoint(folders) or folders[0] in _DOC:
        return False
    return _role_of_folder(folder) is None
