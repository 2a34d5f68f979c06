"""Java, Kotlin, C# and PHP code on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
JAVA = {
    "pom.xml": "<project><groupId>com.o</groupId><artifactId>demo</artifactId></project>\n",
    "src/main/java/com/o/demo/Client.java": "package com.o.demo;\n\n"
    "public class Client extends Base {\n"
    "  public static Client open() { return null; }\n"
    "  public Client depth(int n) { return this; }\n"
    "  public static class Builder { public Client build() { return null; } }\n}\n",
    "src/main/java/com/o/demo/Base.java": "package com.o.demo;\n\n"
    "public class Base { public void reset() {} }\n",
    "src/main/java/com/o/demo/Odd.java": "package com.o.demo;\n\n"
    "public class Odd extends org.other.Thing { public void reset() {} }\n",
    "src/main/java/com/o/demo/io/Writer.java": "package com.o.demo.io;\n\npublic enum Writer { A }\n",
}
KOTLIN = {
    "src/main/kotlin/com/o/demo/Client.kt": "package com.o.demo\n\n"
    "class Client(val depth: Int) {\n    fun reset() {}\n}\n\nfun draw() {}\n",
}
CSHARP = {
    "src/Client.cs": "namespace Demo.Core;\n\npublic class Client\n{\n"
    "    public static Client Open() { return null; }\n    public int Depth { get; set; }\n}\n",
    "src/More.cs": "namespace Demo.Core;\n\npublic static class More\n{\n"
    "    public static Client Wide(this Client client) { return client; }\n}\n",
}
PHP = {
    "composer.json": '{"name": "o/demo", "autoload": {"psr-4": {"Demo\\\\": "src/"}}}\n',
    "src/Client.php": "<?php\n\nnamespace Demo;\n\nclass Client\n{\n"
    "    /** @return static */\n    public static function open() {}\n\n"
    "    public function reset(): self {}\n\n    public const LIMIT = 3;\n}\n",
    "src/Loose.php": "<?php\n\nnamespace Demo;\n\nclass Loose\n{\n"
    "    public function __call($name, $given) {}\n}\n",
}


def page(language: str, code: str) -> str:
    return f"# Thing\n\n```{language}\n{code}\n```\n"


@pytest.mark.parametrize(
    ("files", "language", "code", "text", "verdict"),
    [
        (JAVA, "java", "import com.o.demo.Client;", "com.o.demo.Client", "true"),
        (JAVA, "java", "import com.o.demo.Client.Builder;", "com.o.demo.Client.Builder", "true"),
        (JAVA, "java", "import com.o.demo.*;", "com.o.demo", "true"),
        (JAVA, "java", "import com.o.demo.Clients;", "com.o.demo.Clients", "false"),
        (JAVA, "java", "import com.o.demo.Writer;", "com.o.demo.Writer", "false"),
        (JAVA, "java", "import com.o.demo.other.Foo;", "com.o.demo.other.Foo", "not_judged"),
        (JAVA, "java", "import static com.o.demo.Client.open;", "com.o.demo.Client.open", "true"),
        (JAVA, "java", "import static com.o.demo.Client.shut;", "com.o.demo.Client.shut", "false"),
        (KOTLIN, "kotlin", "import com.o.demo.draw", "com.o.demo.draw", "true"),
        (KOTLIN, "kotlin", "import com.o.demo.paint", "com.o.demo.paint", "false"),
        (CSHARP, "csharp", "using Demo.Core;", "Demo.Core", "true"),
        (CSHARP, "csharp", "using Demo.Cores;", "Demo.Cores", "false"),
        (PHP, "php", "use Demo\\Client;", "Demo\\Client", "true"),
        (PHP, "php", "use Demo\\Clients;", "Demo\\Clients", "false"),
        (PHP, "php", "use Demo\\{Client, Tool};", "Tool", "false"),
    ],
)
def test_imports(
    checked: Checked, files: dict[str, str], language: str, code: str, text: str, verdict: str
) -> None:
    assert checked(files, page(language, code), "import")[text].verdict == verdict


def test_a_package_of_others_below_our_namespace(checked: Checked) -> None:
    files = {
        **PHP,
        "src/Use.php": "<?php\n\nnamespace Demo\\Net;\n\nuse Demo\\Units\\Size;\n\nclass Use_ {}\n",
    }
    claims = checked(files, page("php", "use Demo\\Units\\Client;"), "import")
    assert claims["Demo\\Units\\Client"].verdict == "not_judged"
    claims = checked(files, page("php", "use Demo\\Unit\\Client;"), "import")
    assert claims["Demo\\Unit\\Client"].verdict == "false"


@pytest.mark.parametrize(
    ("files", "language", "code"),
    [
        (JAVA, "java", "import com.x.demo.Client;"),
        (JAVA, "java", "import java.util.List;"),
        (CSHARP, "csharp", "using Demo.Sinks.Files;"),  # may be another's package
        (CSHARP, "csharp", "using System.Text;"),
        (PHP, "php", "use Psr\\Log\\LoggerInterface;"),
    ],
)
def test_imports_of_others_are_no_claims(
    checked: Checked, files: dict[str, str], language: str, code: str
) -> None:
    assert checked(files, page(language, code), "import") == {}


_JAVA = "import com.o.demo.*;\n"
_KOTLIN = "import com.o.demo.Client\n"
_CSHARP = "using Demo.Core;\n"
_PHP = "use Demo\\Client;\n"


@pytest.mark.parametrize(
    ("files", "language", "code", "word", "verdict"),
    [
        (JAVA, "java", _JAVA + "Client.open().depth(1).reset();", "reset", "true"),
        (JAVA, "java", _JAVA + "Client.shut();", "shut", "false"),
        (JAVA, "java", _JAVA + "Client c = make();\nc.width(1);", "width", "false"),
        (JAVA, "java", _JAVA + "new Client.Builder().build().width(1);", "width", "false"),
        (JAVA, "java", _JAVA + "Odd o = new Odd();\no.width();", "width", "not_judged"),
        (JAVA, "java", "Client c = make();\nc.width(1);", "width", "not_judged"),  # not imported
        (JAVA, "java", "Client.open();\nClient.shut();", "shut", "false"),  # open tells which it is
        (JAVA, "java", _JAVA + "Client c = make();\nc.getDepth();", "getDepth", "not_judged"),
        (KOTLIN, "kotlin", _KOTLIN + "val c = Client(depth = 1)\nc.reset()", "reset", "true"),
        (KOTLIN, "kotlin", _KOTLIN + "val c = Client(1)\nc.widen()", "widen", "not_judged"),
        (CSHARP, "csharp", _CSHARP + "var c = Client.Open();\nc.Wide();", "Wide", "true"),
        (CSHARP, "csharp", _CSHARP + "var c = Client.Open();\nc.Narrow();", "Narrow", "not_judged"),
        (CSHARP, "csharp", _CSHARP + "var c = new Client();\nc.Width = 1;", "Width", "false"),
        (CSHARP, "csharp", _CSHARP + "Client.Shut();", "Shut", "false"),
        (PHP, "php", _PHP + "$c = Client::open();\n$c->reset()->reset();", "reset", "true"),
        (PHP, "php", _PHP + "$c = Client::open();\n$c->reset()->erase();", "erase", "false"),
        (PHP, "php", _PHP + "echo Client::MOST;", "MOST", "false"),
        (PHP, "php", "$c = new Demo\\Clients();", "Demo\\Clients", "false"),
        (PHP, "php", "$c = new Demo\\Loose();\n$c->any();", "any", "not_judged"),
    ],
)
def test_members(
    checked: Checked, files: dict[str, str], language: str, code: str, word: str, verdict: str
) -> None:
    assert checked(files, page(language, code), "api")[word].verdict == verdict


@pytest.mark.parametrize(
    ("language", "code", "files"),
    [
        ("java", "import com.x.Client;\nClient.shut();", JAVA),
        ("java", _JAVA + "class Client { }\nClient.shut();", JAVA),
        ("csharp", _CSHARP + "class Client { }\nClient.Shut();", CSHARP),
        ("php", "class Client {}\nClient::shut();", PHP),
    ],
)
def test_types_of_the_example_are_no_claims(
    checked: Checked, language: str, code: str, files: dict[str, str]
) -> None:
    assert checked(files, page(language, code), "api") == {}


def test_named_arguments(checked: Checked) -> None:
    claims = checked(KOTLIN, page("kotlin", _KOTLIN + "Client(depth = 1, width = 2)"), "argument")
    assert (claims["depth"].verdict, claims["width"].verdict) == ("true", "false")
    code = _CSHARP + "var c = new Client { Depth = 1, Width = 2 };"
    claims = checked(CSHARP, page("csharp", code), "argument")
    assert (claims["Depth"].verdict, claims["Width"].verdict) == ("true", "false")
