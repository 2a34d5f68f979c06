"""Work trees of the benchmark repositories, with and without their READMEs.

    python benchmarks/checkout.py                                    # clones from the network
    python benchmarks/checkout.py --git-dirs '/mirror/{owner}+{name}/repo'   # from local git directories

`<cache>/<owner>+<name>/tree` is a git work tree without README, `human/` keeps the README texts.
Nothing of a repository runs: `git checkout-index` knows no hooks, and no filter is configured.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_CACHE = HERE / ".cache"
REPOS = HERE / "repos.toml"
LAYOUT = "4"  # raise it when the layout of a checkout changes
README_NAME = re.compile(
    r"readme(?:[._-][\w.-]*)?\.(?:md|markdown|mdx|rst|txt|adoc|org)|readme", re.IGNORECASE
)
GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", ""),
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_AUTHOR_NAME": "Benchmark",
    "GIT_AUTHOR_EMAIL": "benchmark@example.invalid",
    "GIT_COMMITTER_NAME": "Benchmark",
    "GIT_COMMITTER_EMAIL": "benchmark@example.invalid",
}


@dataclass(frozen=True)
class Repo:
    """One entry of repos.toml."""

    name: str
    url: str
    commit: str
    files: int
    language: str
    ecosystem: str
    registry: str
    package: str
    awesome: bool
    use: str

    @property
    def folder(self) -> str:
        return self.name.replace("/", "+")


@dataclass(frozen=True)
class Checkout:
    """A repository on disk: its tree without README and the README a person wrote."""

    repo: Repo
    tree: Path
    human: Path | None


def load_repos(only: list[str] | None = None, uses: tuple[str, ...] = ("write",)) -> list[Repo]:
    """The entries for some uses: `write` (quality and speed) or `speed` (large ones, speed only)."""
    entries = tomllib.loads(REPOS.read_text("utf-8"))["repo"]
    repos = [repo for entry in entries if (repo := Repo(**entry)).use in uses]
    if not only:
        return repos
    chosen = [r for r in repos if any(word.lower() in r.name.lower() for word in only)]
    if not chosen:
        raise SystemExit(f"no repository of {REPOS.name} matches {', '.join(only)}")
    return chosen


def git(*arguments: str, cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    result = subprocess.run(
        ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", *arguments],
        cwd=cwd,
        env=GIT_ENVIRONMENT | (environment or {}),
        capture_output=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"git {arguments[0]}: {result.stderr.decode('utf-8', 'replace')}")
    return result.stdout.decode("utf-8", "surrogateescape")


def git_directory(repo: Repo, template: str | None, cache: Path) -> Path:
    """A git directory that has the commit: a local one, or one fetched at depth 1."""
    owner, name = repo.name.split("/")
    if template:
        found = Path(template.format(owner=owner, name=name, repo=repo.name))
        return found / ".git" if (found / ".git").is_dir() else found
    bare = cache / "git" / f"{repo.folder}.git"
    if not bare.is_dir():
        bare.mkdir(parents=True)
        git("init", "--quiet", "--bare", "--template=", str(bare))
        fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules")
        git(f"--git-dir={bare}", *fetch, repo.url, repo.commit)
    return bare


def write_tree(git_dir: Path, commit: str, tree: Path, index: Path) -> None:
    """Files of a commit as they are: no hooks, no filters, and no export-ignore as in archives."""
    tree.mkdir(parents=True)
    base = (f"--git-dir={git_dir}", f"--work-tree={tree}")
    where = {"GIT_INDEX_FILE": str(index)}
    git(*base, "read-tree", commit, environment=where)
    try:
        git(*base, "checkout-index", "--all", "--force", "--quiet", environment=where)
    except RuntimeError as error:
        if "unable to read" not in str(error):
            raise
        stand_in(git(*base, "ls-files", "--stage", "-z", environment=where).split("\0"), tree)
    index.unlink()


def stand_in(entries: list[str], tree: Path) -> None:
    """A partial clone lacks some large blobs (pictures): empty files keep their paths."""
    for entry in filter(None, entries):
        path = tree / entry.partition("\t")[2]
        if not os.path.lexists(path) and not entry.startswith("160000"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


def shown_readmes(tree: Path) -> list[Path]:
    """The READMEs to take away, the one that GitHub would show first."""
    found: list[Path] = []
    for folder in (".github", ".", "docs"):
        if folder == "docs" and found:
            break  # a docs/README is the front page only where no other one is
        place = tree / folder
        if place.is_dir() and not place.is_symlink():
            names = [p for p in place.iterdir() if README_NAME.fullmatch(p.name)]
            found += sorted((p for p in names if not p.is_dir()), key=readme_rank)
    return found


def readme_rank(path: Path) -> tuple[bool, bool, str]:
    plain = path.stem.lower() == "readme"
    return (not plain, path.suffix.lower() not in {".md", ".markdown"}, path.name)


def take_readmes(tree: Path, human: Path) -> None:
    """Move the READMEs out of the tree; a link takes the text of its target with it."""
    human.mkdir(parents=True)
    root = tree.resolve()
    for number, path in enumerate(shown_readmes(tree)):
        target = path.resolve()
        if target.is_file() and target.is_relative_to(root):
            name = path.relative_to(tree).as_posix().replace("/", "__")
            shutil.copyfile(target, human / f"{number:02}-{name}")
            target.unlink()
        path.unlink(missing_ok=True)


def make_repository(tree: Path, repo: Repo, source: Path) -> None:
    """A fresh one-commit clone look-alike, so that no README can be had from its history."""
    branch = default_branch(source)
    git("init", "--quiet", "--template=", f"--initial-branch={branch}", cwd=tree)
    git("remote", "add", "origin", repo.url, cwd=tree)
    git("add", "--all", "--force", cwd=tree)
    for submodule in submodules(source, repo.commit):
        git("update-index", "--add", "--cacheinfo", submodule, cwd=tree)
    git("commit", "--quiet", "--allow-empty", "--message", repo.commit, cwd=tree)


def submodules(git_dir: Path, commit: str) -> list[str]:
    """Mode, commit and path of each submodule, as git takes them into an index."""
    listed = git(f"--git-dir={git_dir}", "ls-tree", "-r", "-z", "--full-tree", commit)
    entries = (entry.partition("\t") for entry in listed.split("\0") if entry.startswith("160000"))
    return [f"160000,{head.split()[2]},{path}" for head, _, path in entries]


def default_branch(git_dir: Path) -> str:
    try:
        return git(f"--git-dir={git_dir}", "symbolic-ref", "--short", "HEAD").strip()
    except RuntimeError:
        return "main"


def checkout(repo: Repo, git_dirs: str | None, cache: Path = DEFAULT_CACHE) -> Checkout:
    """Make (or find) the README-less tree of a repository."""
    place = cache / repo.folder
    stamp, wanted = place / "stamp", f"{LAYOUT} {repo.commit}"
    if not (stamp.is_file() and stamp.read_text("utf-8") == wanted):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        source = git_directory(repo, git_dirs, cache)
        write_tree(source, repo.commit, place / "tree", place / "index")
        take_readmes(place / "tree", place / "human")
        make_repository(place / "tree", repo, source)
        stamp.write_text(wanted, "utf-8")
    texts = sorted((place / "human").iterdir())
    return Checkout(repo, place / "tree", texts[0] if texts else None)


def full_checkout(repo: Repo, git_dirs: str | None, cache: Path = DEFAULT_CACHE) -> Path:
    """The tree with its READMEs, as it was committed."""
    place = cache / repo.folder / "full"
    if not place.is_dir():
        checkout(repo, git_dirs, cache)
        source = git_directory(repo, git_dirs, cache)
        write_tree(source, repo.commit, place, place.parent / "index")
        make_repository(place, repo, source)  # a clone knows where it is from
    return place


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="part of a name; repeatable"
    )
    parser.add_argument("--git-dirs", default=os.environ.get("MOXI_BENCH_GIT_DIRS"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    add_arguments(parser)
    parser.add_argument("--full", action="store_true", help="also make the tree with its READMEs")
    options = parser.parse_args()
    failed = 0
    for repo in load_repos(options.only):
        try:
            made = checkout(repo, options.git_dirs, options.cache)
            if options.full:
                full_checkout(repo, options.git_dirs, options.cache)
            print(f"{repo.name}: {made.tree} (README: {made.human})", flush=True)
        except (RuntimeError, OSError) as error:
            failed += 1
            print(f"{repo.name}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
