"""Patterns of instructions: how people ask for a section, and what one asks of each kind."""

from __future__ import annotations

# Names that tell a build system, in the order in which one looks for them.
MANIFESTS = (
    "pyproject.toml", "package.json", "Cargo.toml", "go.mod", "pom.xml", "build.gradle.kts",
    "build.gradle", "composer.json", "Gemfile", "mix.exs", "pubspec.yaml", "Package.swift",
    "CMakeLists.txt", "setup.py", "setup.cfg", "requirements.txt", "deno.json", "meson.build",
    "action.yml", "build.sbt", "stack.yaml", "project.clj", "Makefile", "docker-compose.yml",
)  # fmt: skip
TOLD_BY_MANIFESTS = frozenset({"requirements", "install", "built_with", "development"})
FRAMES = (
    "Write the {what} of the README of {project}, {sort}: {covered}.",
    "{project} is {sort}. Write the {what} of its README: {covered}.",
    "For the README of {project}, {sort}, write the {what}; {covered}.",
    "Draft the {what} for {project}'s README and {covered}. It is {sort}; see {source}.",
    "I maintain {project}, {sort}. Write its {what}: {covered}.",
    "Write {project}'s {what} for the README. {project} is {sort}; {covered}, going by {source}.",
)
OPENING = (
    "Write the opening of the README of {project}, {sort}: {covered}.",
    "{project} is {sort}. Write the about section that opens its README: {covered}.",
    "Introduce {project}, {sort}, at the top of its README: {covered}.",
    "I maintain {project}, {sort}. Write the about section of the README: {covered}.",
    "Write the title and about section of {project}'s README; {covered}. It is {sort}; see {source}.",
)
PARTS = (
    "Write the {what} in the README of {project}, {sort}.",
    "{project} is {sort}. Write the {what} of its README, and nothing else.",
    "For the README of {project}, {sort}, write the {what}, going by {source}.",
    "I maintain {project}, {sort}. Write the {what} of the README.",
)
COVERED = {
    "about": (
        "say what it is and what it is for",
        "tell a reader in a few lines what {project} does",
        "explain what it does and for whom",
    ),
    "packages": ("name the packages and what each is for", "list what the workspace holds"),
    "requirements": (
        "list what must be there before it runs",
        "name the prerequisites, with versions where the files give them",
    ),
    "install": (
        "show how to get it onto a machine",
        "give the commands that install it",
        "tell step by step how to install {project}",
    ),
    "usage": (
        "show how it is used, with commands or code",
        "give the examples a newcomer needs first",
        "explain how {project} is used",
    ),
    "api": ("describe the public interface", "list what callers use, and how"),
    "configuration": (
        "explain the settings and what they change",
        "list the options, with defaults where the files give them",
    ),
    "structure": ("show how the repository is laid out", "name the main folders and their roles"),
    "development": (
        "tell how to build and test it",
        "explain to a developer how to work on {project}",
    ),
    "documentation": ("say where more is documented", "point to the documentation"),
    "contributing": (
        "tell how to take part",
        "explain how changes are proposed",
        "say what contributors should know",
    ),
    "license": ("name the license", "state under which license {project} may be used"),
    "authors": ("name who made it", "credit the people behind {project}"),
    "features": (
        "list what it can do",
        "name the main features of {project}",
        "say what it offers",
    ),
    "built_with": (
        "name the languages and frameworks it is made with",
        "list the technologies it is built with",
    ),
    "examples": ("show examples", "show {project} at work"),
    "faq": ("answer what people ask", "help with the usual problems"),
    "roadmap": ("say what is planned", "tell what is done and what is to come"),
    "contact": ("say where to get help", "tell how to reach those who maintain it"),
    "acknowledgements": ("thank those it owes to", "credit related work"),
    "changelog": ("say what has changed", "tell where changes are recorded"),
    "sponsors": ("say how {project} can be supported", "name who supports it"),
    "security": ("say how security matters are handled", "tell what one should know of security"),
    "contents": ("list the sections of the page", "link what the page holds"),
    "how_it_works": ("explain how it works inside", "describe the design"),
    "compatibility": ("say where it runs", "tell what it works with"),
    "other": ("cover what this heading announces", "keep to what the heading names"),
}  # fmt: skip
