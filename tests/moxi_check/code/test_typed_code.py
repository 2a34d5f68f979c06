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
        (CSHARP, "csharp", "using static Demo.Core.More;", "Demo.Core.More", "true"),
        (CSHARP, "csharp", "using static Demo.Core.Mores;", "Demo.Core.Mores", "false"),
        (PHP, "php", "use Demo\\Client;", "Demo\\Client", "true"),
        (PHP, "php", "use Demo\\Clients;", "Demo\\Clients", "false"),
        (PHP, "php", "use Demo\\Client\n\n$c = 1;", "Demo\\Client", "true"),
        (PHP, "php", "use Demo\\Clients\n\n$c = 1;", "Demo\\Clients", "false"),
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
        (CSHARP, "csharp", "Demo.Core.Client.Open();", "Demo.Core.Client", "true"),
        (CSHARP, "csharp", "Demo.Core.Client.Open();", "Open", "true"),
        (CSHARP, "csharp", "Demo.Core.Clients.Open();", "Demo.Core.Clients", "false"),
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


FLUENT_CSHARP = {
    "src/Options.cs": "namespace Demo.Core;\n\npublic class Options\n{\n    public Options Depth(int size) { return this; }\n"
    "    public Func<Args, bool> OnOpen { get; set; }\n    public Sink WriteTo { get; }\n}\n",
    "src/Sink.cs": "namespace Demo.Core;\n\npublic class Sink\n{\n    public Options Wrap(int size) { return null; }\n}\n",
    "src/Args.cs": "namespace Demo.Core;\n\npublic class Args\n{\n    public int Attempt { get; }\n}\n",
    "src/More.cs": "using System.Linq;\n\nnamespace Demo.Core;\n\npublic static class More\n{\n"
    "    public static string Wide(this string text, int most, bool upper) { return text; }\n"
    "    public static Host AddDemo(this Host host, Action<Options> configure) { return host; }\n}\n",
    "src/ShownAttribute.cs": "namespace Demo.Core;\n\npublic class ShownAttribute : Attribute\n{\n}\n",
}
FLUENT_KOTLIN = {
    "src/main/kotlin/com/o/demo/Dsl.kt": "package com.o.demo\n\nimport org.other.Thing\n\n"
    "fun startDemo(block: Options.() -> Unit) {}\n\nclass Options {\n    fun module(name: String) {}\n}\n",
}


@pytest.mark.parametrize(
    ("files", "language", "code", "word", "verdict"),
    [
        (FLUENT_CSHARP, "csharp", 'var a = "x".Wide(most: 1, upper: true);', "Wide", "true"),
        (FLUENT_CSHARP, "csharp", 'var a = "x".Trim();', "Trim", ""),
        (FLUENT_CSHARP, "csharp", "host.AddDemo(o => o.Depth(1));", "AddDemo", "true"),
        (FLUENT_CSHARP, "csharp", "host.AddDemo(o => o.Depth(1));", "Depth", "true"),
        (FLUENT_CSHARP, "csharp", "other.Add(o => o.Depth(1));", "Depth", ""),
        (FLUENT_CSHARP, "csharp", "new Options().WriteTo.File(1).Depth(2);", "Depth", "true"),
        (FLUENT_CSHARP, "csharp", "new Options().WriteTo.File(1).Depht(2);", "Depht", "false"),
        (
            FLUENT_CSHARP,
            "csharp",
            "var o = new Options { OnOpen = a => a.Attempt };",
            "Attempt",
            "true",
        ),
        (FLUENT_CSHARP, "csharp", "[Shown]\nclass A { }", "Shown", "true"),
        (FLUENT_CSHARP, "csharp", "Args args;", "Args", "true"),
        (FLUENT_KOTLIN, "kotlin", 'startDemo {\n    module("a")\n}', "startDemo", "true"),
        (FLUENT_KOTLIN, "kotlin", 'startDemo {\n    module("a")\n}', "module", "true"),
        (FLUENT_KOTLIN, "kotlin", 'module("a")', "module", ""),
        (JAVA, "java", "Client c = Client.open();\nc.depth(1);", "depth", "true"),
    ],
)
def test_what_is_asked_of_objects_whose_type_is_not_told(
    checked: Checked, files: dict[str, str], language: str, code: str, word: str, verdict: str
) -> None:
    claim = checked(files, page(language, code), "api").get(word)
    assert (claim.verdict if claim else "") == verdict


def test_a_variable_holds_in_the_blocks_that_follow(checked: Checked) -> None:
    one, other = "import com.o.demo.*;\nClient c = Client.open();", "c.depth(1);\nc.width(1);"
    claims = checked(JAVA, page("java", one) + page("java", other), "api")
    assert claims["depth"].verdict == "true"
    assert claims["width"].verdict == "not_judged"
    both = page("java", one) + page("java", "Base c = new Base();") + page("java", other)
    assert "depth" not in checked(JAVA, both, "api")


def test_a_type_that_own_code_takes_from_others_too_may_be_that_one(checked: Checked) -> None:
    files = JAVA | {
        "src/main/java/com/o/demo/List.java": "package com.o.demo;\n\npublic class List {}\n"
    }
    assert checked(files, page("java", "List a;"), "api")["List"].verdict == "true"
    uses = {
        "src/main/java/com/o/Use.java": "package com.o;\n\nimport java.util.List;\n\nclass Use {}\n"
    }
    assert checked(files | uses, page("java", "List a;"), "api") == {}


def test_arguments_by_name_of_extensions(checked: Checked) -> None:
    code = '"x".Wide(most: 1, uper: true);'
    claims = checked(FLUENT_CSHARP, page("csharp", code), "argument")
    assert (claims["most"].verdict, claims["uper"].verdict) == ("true", "false")


def test_an_import_that_own_code_has_too(checked: Checked) -> None:
    claims = checked(
        FLUENT_CSHARP, page("csharp", "using System.Linq;\nusing System.Text;"), "import"
    )
    assert {text: claim.verdict for text, claim in claims.items()} == {"System.Linq": "true"}
    assert checked(FLUENT_KOTLIN, page("kotlin", "import org.other.Thing"), "import")


@pytest.mark.parametrize(
    ("sentence", "word", "verdict"),
    [
        ("With `Client.open()` it is made.", "open", "true"),
        ("With `Client.opens()` it is made.", "opens", "false"),
        ("With `Odd.resets()` it is cleared.", "resets", "not_judged"),  # it inherits more
    ],
)
def test_what_is_asked_of_a_type_in_a_sentence(
    checked: Checked, sentence: str, word: str, verdict: str
) -> None:
    code = _JAVA + "Client.open();\nOdd odd;"
    claims = checked(JAVA, f"{page('java', code)}\n{sentence}\n", "api")
    assert claims[word].verdict == verdict


def test_what_only_looks_like_a_type_of_ours(checked: Checked) -> None:
    files = {**CSHARP, "src/Sub.cs": "namespace Demo.Core.Io.Net;\n\npublic class Sub { }\n"}
    code = "Demo.Core.Io.Net.Other.Run();\nDemo.Others.Thing.Run();"
    claims = checked(files, page("csharp", code), "api")
    assert (
        not {"Demo.Core.Io", "Demo.Core.Io.Net", "Demo.Others", "Demo.Others.Thing"} & claims.keys()
    )
    java = {**JAVA, "src/main/java/com/o/demo/Data.java": "package com.o.demo;\n\npublic class Data {\n"
            "  public String toJson() { return null; }\n}\n"}  # fmt: skip
    told = f"{page('java', _JAVA + 'Data data;')}See `Data.json` and `Other.open()`.\n"
    assert set(checked(java, told, "api")) == {"Data"}


@pytest.mark.parametrize(
    ("name", "word", "verdict"),
    [
        ("demo", "Loggers", "false"),
        ("demo", "Logger", "true"),
        ("other", "Loggers", None),  # a namespace of one word may be anybody's
    ],
)
def test_a_namespace_of_one_word_is_ours_where_the_project_is_called_so(
    checked: Checked, name: str, word: str, verdict: str | None
) -> None:
    files = {
        "settings.gradle.kts": 'rootProject.name = "demo"\n',
        "build.gradle.kts": 'plugins {\n    kotlin("jvm")\n}\ngroup = "com.o"\n',
        "src/main/kotlin/Logger.kt": f"package {name}\n\nclass Logger\n\nfun klog() {{}}\n",
    }
    text = f"{name}.{word}"
    claims = checked(files, page("kotlin", f"import {text}"), "import", strict=False)
    assert (claims[text].verdict if text in claims else None) == verdict


@pytest.mark.parametrize(("word", "verdict"), [("Cities", None), ("GetCitis", "false")])
def test_a_member_of_an_object_of_the_readers(
    checked: Checked, word: str, verdict: str | None
) -> None:
    files = {
        "Demo.csproj": "<Project Sdk='Microsoft.NET.Sdk' />",
        "Client.cs": "namespace Demo;\n\npublic class Client {\n  public int cities() => 1;\n"
        "  public int GetCities() => 1;\n  public Client Find(object a) => this;\n}\n",
    }
    code = f"using Demo;\n\nvar c = new Client();\nc.Find(x => x.{word}());"
    claim = checked(files, page("csharp", code), "api").get(word)
    assert (claim.verdict if claim and claim.verdict == "false" else None) == verdict
