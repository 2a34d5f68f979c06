"""Shell completion: a script made from the command lines, `readme-gen --completion bash`."""

from __future__ import annotations

from argparse import Action, ArgumentParser

_BASH = """\
_readme_gen() {{
    local words="{write}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    [[ ${{COMP_WORDS[1]}} == check && $COMP_CWORD -gt 1 ]] && words="{check}"
    case "$previous" in
{choices}
    esac
    if [[ ${{COMP_WORDS[COMP_CWORD]}} == -* ]]; then
        COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
    elif [[ $COMP_CWORD == 1 ]]; then
        COMPREPLY=($(compgen -W check -- "${{COMP_WORDS[1]}}") $(compgen -f -- "${{COMP_WORDS[1]}}"))
    fi
}}
complete -o default -o bashdefault -F _readme_gen readme-gen
"""


def completion(shell: str, write: ArgumentParser, check: ArgumentParser) -> str:
    """The script that teaches a shell the options of both command lines."""
    if shell == "fish":
        return _fish(write, check)
    choices = "\n".join(
        f"        {'|'.join(action.option_strings)}) "
        f'COMPREPLY=($(compgen -W "{" ".join(map(str, action.choices))}" -- '
        '"${COMP_WORDS[COMP_CWORD]}")); return ;;'
        for action in (*_options(write), *_options(check))
        if action.choices
    )
    script = _BASH.format(write=_words(write), check=_words(check), choices=choices)
    lead = "autoload -U +X bashcompinit && bashcompinit\n" if shell == "zsh" else ""
    return lead + script


def _options(parser: ArgumentParser) -> list[Action]:
    return [action for action in parser._actions if action.option_strings]


def _words(parser: ArgumentParser) -> str:
    return " ".join(form for action in _options(parser) for form in action.option_strings)


def _fish(write: ArgumentParser, check: ArgumentParser) -> str:
    first = (
        "complete -c readme-gen -n __fish_is_first_arg -a check -d 'Hold a README against the code'"
    )
    lines = [first]
    for parser, condition in (
        (write, "not __fish_seen_subcommand_from check"),
        (check, "__fish_seen_subcommand_from check"),
    ):
        for action in _options(parser):
            parts = [f"complete -c readme-gen -n '{condition}'"]
            parts += [f"-l {form[2:]}" for form in action.option_strings if form.startswith("--")]
            parts += [f"-s {form[1:]}" for form in action.option_strings if len(form) == 2]
            parts += ["-r"] if action.nargs != 0 else []
            parts += [f"-xa '{' '.join(map(str, action.choices))}'"] if action.choices else []
            told = (action.help or "").replace("'", "")
            lines.append(" ".join([*parts, f"-d '{told}'"]))
    return "\n".join(lines) + "\n"
