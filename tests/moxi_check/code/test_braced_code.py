"""What Swift and Dart code on a page asks of a type of ours by its name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
DART = {
    "pubspec.yaml": "name: demo\n",
    "lib/demo.dart": "part 'more.dart';\nenum Level { low, @deprecated high }\n"
    "class Tracker {\n  /// See [Tracker.other] of before.\n  Tracker.quiet(this.a);\n  final int a;\n"
    "  static Stream<Map<String, int>> positions({int every = 1}) => _all(every);\n"
    "  static final shared = Tracker.quiet(1);\n  void pause() { final inner = 1; }\n}\n"
    "class Child extends Tracker {\n  Child() : super.quiet(1);\n}\n"
    "class Twice {\n  static int one() => 1;\n}\nclass Alias = Tracker with Mixed;\nmixin Mixed {}\n",
    "lib/other.dart": "class Twice {\n  static int two() => 1;\n}\n",
    "lib/assets.gen.dart": "class Assets {\n  static const one = 1;\n}\n",
    "lib/model.dart": "@freezed\nclass Model with _$Model {\n  const factory Model.empty() = _Empty;\n}\n"
    "class Theirs {\n  static int mine() => 1;\n}\nfinal a = Theirs.notMine;\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ("Tracker.positions(every: 2);", "positions", "true"),
        ("Tracker.quiet(2);", "quiet", "true"),
        ("Tracker.shared.pause();", "shared", "true"),
        ("Level.high;", "high", "true"),
        ("Level.values;", "values", ""),
        ("Level.highest;", "highest", "false"),
        ("Tracker.locate();", "locate", "false"),  # nothing is like it: these are all
        ("Tracker.locate;", "locate", "false"),
        ("Child.locate();", "locate", "false"),  # what is static is not inherited
        ("Tracker.inner();", "inner", ""),  # it stands in the code
        ("Twice.locate();", "locate", ""),  # of which?
        ("Alias.locate();", "locate", ""),
        ("Assets.locate();", "locate", ""),
        ("Model.loading();", "loading", ""),  # it is generated
        ("Theirs.locate();", "locate", ""),  # own code has another of this name
        ("Theirs.mines();", "mines", "false"),
        ("other.Tracker.locate();", "locate", ""),
        ("class Tracker {\n  static locate() {}\n}\nTracker.locate();", "locate", ""),
        ("print('Tracker.locate()'); // Tracker.locate()", "locate", ""),
    ],
)
def test_dart_types_have_what_they_declare(
    checked: Checked, code: str, word: str, verdict: str
) -> None:
    claim = checked(DART, f"# Thing\n\n```dart\n{code}\n```\n", "api").get(word)
    assert (claim.verdict if claim else "") == verdict


SWIFT = {
    "Sources/Demo/Timer.swift": "@available(iOS 13, *)\npublic final class Stopwatch: Codable {\n"
    '    public static private(set) var shared = Stopwatch()\n    public class func begin(_ name: String = "x") {}\n'
    "    public struct Options {}\n    func inner() { let hidden = 1 }\n}\n"
    "extension Stopwatch {\n    public static func finish() {}\n}\n"
    "public enum Style: String { case plain, bold\n case `default` }\n"
    "public enum Weight { case thin }\npublic struct Own: Base {}\npublic protocol Base {}\n"
    "extension UIColor { public static func brand() {} }\n",
    "Sources/Demo/View.swift": "import UIKit\npublic class Page: UIView {\n    public static func build() {}\n}\n"
    "@Observable\npublic class Store {\n    public static func create() {}\n}\n"
    "struct Inside {\n    static func build() {}\n}\n",
}


@pytest.mark.parametrize(
    ("code", "word", "verdict"),
    [
        ('Stopwatch.begin("a")', "begin", "true"),
        ("Stopwatch.finish()", "finish", "true"),
        ("Stopwatch.shared.inner()", "shared", "true"),
        ("Stopwatch.Options()", "Options", "true"),
        ("Style.bold", "bold", "true"),
        ("Style.default", "default", "true"),
        ("Style.allCases", "allCases", ""),
        ("Style.italic", "italic", "false"),
        ("Stopwatch.measureAll()", "measureAll", "false"),
        ("Stopwatch.Settings()", "Settings", "false"),
        ("Own.measureAll()", "measureAll", "false"),  # what is above it is ours too
        ("Stopwatch.hidden", "hidden", ""),
        ("\\Stopwatch.measureAll", "measureAll", ""),
        ("extension Stopwatch {}\nStopwatch.measureAll()", "measureAll", ""),
        ("Page.measureAll()", "measureAll", ""),  # it may be of what is above it
        ("Page.builds()", "builds", "false"),
        ("Store.measureAll()", "measureAll", ""),  # a macro may add it
        ("UIColor.brandNew()", "brandNew", ""),
        ("Inside.measureAll()", "measureAll", ""),  # no user has it
    ],
)
def test_swift_types_have_what_they_declare(
    checked: Checked, code: str, word: str, verdict: str
) -> None:
    claim = checked(SWIFT, f"# Thing\n\n```swift\n{code}\n```\n", "api").get(word)
    assert (claim.verdict if claim else "") == verdict


@pytest.mark.parametrize(
    ("files", "code", "word", "verdict"),
    [
        (DART, "Tracker.locate()", "locate", "false"),
        (DART, "Tracker.positions()", "positions", "true"),
        (DART, "Child.locate()", "locate", ""),  # its objects may have it from above
        (DART, "Tracker.md", "md", ""),
        (SWIFT, "Weight.black", "black", "false"),
        (SWIFT, "Style.italic", "italic", ""),
        (SWIFT, "Stopwatch.measureAll()", "measureAll", ""),
    ],
)
def test_types_in_a_sentence(
    checked: Checked, files: dict[str, str], code: str, word: str, verdict: str
) -> None:
    claim = checked(files, f"# Thing\n\nCall `{code}` then.\n", "api").get(word)
    assert (claim.verdict if claim else "") == verdict


@pytest.mark.parametrize(
    ("imported", "verdict"),
    [
        ("package:other_core/other_core.dart", "not_judged"),
        ("package:demo/demo.dart", "false"),
        ("dart:async", "false"),
    ],
)
def test_a_block_that_imports_others_only(checked: Checked, imported: str, verdict: str) -> None:
    page = f"# Thing\n\n```dart\nimport '{imported}';\n\nTracker.locate();\n```\n"
    assert checked(DART, page, "api")["locate"].verdict == verdict
