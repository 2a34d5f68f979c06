"""Environment variables in JavaScript and TypeScript."""

from collections.abc import Callable

from moxi_core.records import RepoSnapshot


def test_reads_variables_with_defaults_and_leaves_out_writes(
    golden_facts: Callable[..., RepoSnapshot],
) -> None:
    snapshot = golden_facts("env_javascript", ["env_var"])
    names = {fact.value for fact in snapshot.of("env_var")}
    assert "RELAY_STARTED" not in names, "a variable that is only set is not read"
    assert "NOT_A_VARIABLE" not in names, "some other object's `env`"
