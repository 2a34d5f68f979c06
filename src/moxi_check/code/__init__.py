"""Code on a page: what it uses of our own package, language by language."""

from __future__ import annotations

from moxi_check.code.braced import Dart, Swift
from moxi_check.code.clojure import Clojure
from moxi_check.code.cpp import Cpp
from moxi_check.code.csharp import CSharp
from moxi_check.code.elixir import Elixir
from moxi_check.code.go import Go
from moxi_check.code.javascript import JavaScript
from moxi_check.code.jvm import Java, Kotlin
from moxi_check.code.php import Php
from moxi_check.code.python import Python
from moxi_check.code.ruby import Ruby
from moxi_check.code.rust import Rust
from moxi_check.code.shell_functions import ShellFunctions
from moxi_check.code.uses import Language

LANGUAGES: tuple[type[Language], ...] = (
    Clojure,
    Cpp,
    CSharp,
    Dart,
    Elixir,
    Go,
    Java,
    JavaScript,
    Kotlin,
    Php,
    Python,
    Ruby,
    Rust,
    ShellFunctions,
    Swift,
)
