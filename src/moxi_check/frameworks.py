"""What frameworks of command lines give every program, and how they read what a person types."""

from __future__ import annotations

from moxi_core.patterns import lazy_pattern

# What a framework gives every program; the facts hold only what the code adds.
_SYMFONY = "-q --quiet -v -vv -vvv --verbose -n --no-interaction --ansi --no-ansi --silent --profile -V --version -h --env -e --no-debug"
GIVEN: dict[str, tuple[str, ...]] = {
    "symfony_console": tuple(_SYMFONY.split()),
    "artisan": tuple(_SYMFONY.split()),
    "django": tuple(
        "-h --version -v --verbosity --settings --pythonpath --traceback --no-color --force-color --skip-checks".split()
    ),
    "typer": ("--install-completion", "--show-completion"),
    "click": (),
    "argparse": ("-h",),
    "clap": ("-h", "--version", "-V"),
    "structopt": ("-h", "--version", "-V"),
    "cobra": ("-h", "--version", "-v"),
    "yargs": ("--version",),
    "cac": ("-h", "--version", "-v"),
    "commander": ("-h",),
    "oclif": (),
    "swift-argument-parser": ("-h", "--generate-completion-script", "--help-hidden", "--version"),
    "urfave/cli": ("-h", "--version", "-v", "--generate-bash-completion", "--generate-shell-completion"),
    "kong": ("-h",),
    "flag": ("-h", "-help"),
    "pflag": ("-h",),
    "picocli": (),
    "args": ("-h",),
    "System.CommandLine": ("-h", "-?", "--version"),
    "spectre": ("-h", "--version", "-v"),
    "optparse": ("-h", "--version"),
    "thor": ("-h",),
}  # fmt: skip
GIVEN_COMMANDS: dict[str, frozenset[str]] = {
    "cobra": frozenset({"help", "completion", "__complete"}),
    "clap": frozenset({"help"}),
    "structopt": frozenset({"help"}),
    "commander": frozenset({"help"}),
    "symfony_console": frozenset({"list", "help", "completion"}),
    "artisan": frozenset({"list", "help", "completion", "tinker"}),
    "thor": frozenset({"help", "tree"}),
    "urfave/cli": frozenset({"help", "h", "completion"}),
    "args": frozenset({"help"}),
    "swift-argument-parser": frozenset({"help"}),
    "oclif": frozenset({"help", "autocomplete", "plugins", "commands", "update", "version"}),
    "yargs": frozenset({"completion"}),
}
# Read from a description of the options rather than from what parses them.
DESCRIBED = frozenset(
    "help text|usage|usage text|man|completion|shell|getopt|gflags|django|artisan|django_commands".split(
        "|"
    )
)
ONE_DASH = frozenset({"flag", "urfave/cli", "gflags", "usage"})
NEGATING = frozenset({"yargs", "cac", "meow", "mri", "minimist", "sade", "commander", "oclif"})
# Parsers that take the beginning of an option for the whole of it.
ABBREVIATING = frozenset(
    "argparse|optparse|getopt|GetOpt|django|symfony_console|docopt|help text|usage|usage text|man".split(
        "|"
    )
)
# Code that takes options, or subcommands, which it does not name.
OPEN_OPTIONS = lazy_pattern(
    rb"parse_known_args|parse_known_intermixed|ignore_unknown_options|allow_extra_args|allowUnknownOption"
    rb"|DisableFlagParsing|UnknownFlags|TreatUnmatchedTokensAsErrors|UnmatchedArgumentsAllowed"
    rb"|ignoreValidationErrors|captureForPassthrough|check_unknown_options|AllowUnknownFlags|IgnoreUnknown"
    rb"|\bREMAINDER\b|SetInterspersed\(false|trailing_var_arg|\b(?:spawn\w*|exec\w*|fork)\([^;\n]*process\.argv\.slice"
)
OPEN_COMMANDS = lazy_pattern(
    rb"allow_external_subcommands|external_subcommand|with_plugins|iter_entry_points|entry_points\(|PluginManager"
    rb"|pluggy|executableDir|AllowExternal|FlaskGroup|AppGroup|fang\.Execute|LookPath\(\s*\"[\w-]+-\"|require\(\w+\)\("
    rb"|AddCommand\([^)\n]*\.\.\.\)|(?:command|clap)\(flatten"
)
# A program that takes an operand of its own beside its subcommands.
OWN_OPERANDS = lazy_pattern(
    rb"ArbitraryArgs|DefaultGroup|isDefault\s*:\s*true|default:\"withargs\"|\bArgs\(\)\.(?:First|Get)\("
)
# Options that come from elsewhere: flags of a library, arguments of another struct, decorators that add some.
BORROWED_OPTIONS = lazy_pattern(
    rb"AddGoFlagSet|AddFlagSet|\.AddFlags\(|\(flatten\)|\bparents\s*=|simple_verbosity_option"
    rb"|\bBindFlags\(|\bInitFlags\(|\badd_\w*arg\w*\(\s*\w*parser\b"
    rb"|@(?:\w+\.)?(?!version_|help_|confirmation_|password_)\w+_options?\b|@(?:\w+\.)?options\b"
)
# Flags that a package of the project's own or another's makes: they bring their own letters.
OPEN_LETTERS = lazy_pattern(
    rb"\b[Ff]lags\.(?!(?:string|boolean|integer|option|custom|directory|file|url|enum|build|help|version)\b)\w+\("
)
# Subcommands that packages named in the manifest bring.
PLUGINS = lazy_pattern(rb"\"oclif\"\s*:\s*\{[^\0]{0,4000}?\"plugins\"\s*:\s*\[\s*\"")
