"""Neovim plugins: what their Lua module says of itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_analyzer.manifests import read_manifests
from moxi_analyzer.repository import Repository
from moxi_core.records import Fact

MakeRepository = Callable[..., Repository]

INIT = 'local M = {}\nfunction M.setup(opts)\n  require("glow.config").setup(opts)\nend\nreturn M\n'
CONFIG = """local M = {}
local defaults = {
  -- How bright it is.
  ---@type number
  level = 3,
  name = "lamp", -- what it is called
  -- Which colours:
  -- * red
  colors = {
    inner = true,
  },
  pick = function()
    local x = 1
  end,
}
function M.setup(opts)
  if vim.fn.has("nvim-0.9") == 0 then
    return vim.notify("too old", vim.log.levels.ERROR)
  end
  if vim.fn.has("nvim-0.11") == 0 then
    M.old = true
  end
end
"""
PLUGIN = 'vim.api.nvim_create_user_command("Glow", function() end, { desc = "Lights up" })\n'


def facts(make: MakeRepository, files: dict[str, str]) -> dict[tuple[str, str], Fact]:
    repo = make(files, url="https://github.com/ann/glow.nvim")
    return {(f.kind, f.value): f for f in read_manifests(repo)}


def test_a_neovim_plugin(repository: MakeRepository) -> None:
    files = {"lua/glow/init.lua": INIT, "lua/glow/config.lua": CONFIG, "plugin/glow.lua": PLUGIN}
    found = facts(repository, files)
    package = found["package", "glow.nvim"]
    assert (package.detail["import"], package.detail["setup"]) == ("glow", "true")
    assert found["requirement", "Neovim"].detail["version"] == ">=0.9"
    assert found["input", ":Glow"].text == "Lights up"
    settings = {f.value: (f.text, f.detail.get("default")) for f in found.values()}
    assert settings["level"] == ("How bright it is.", "3")
    assert settings["name"] == ("what it is called", '"lamp"')
    assert settings["colors"] == ("Which colours:", None)
    assert "inner" not in settings
    assert "x" not in settings


def test_several_modules_are_no_single_plugin(repository: MakeRepository) -> None:
    files = {"lua/a/init.lua": INIT, "lua/b/init.lua": INIT}
    assert not any(kind == "package" and value == "b" for kind, value in facts(repository, files))


@pytest.mark.parametrize(
    ("line", "setup"),
    [
        ("function M.setup(opts)", "true"),
        ("M.setup = function(...)", "true"),
        ("M.setup = M.other", None),
        ("function M.setup() end", None),  # it takes no settings
        ("M.setup = function() end", None),
    ],
)
def test_settings_go_into_a_setup_that_takes_some(
    repository: MakeRepository, line: str, setup: str | None
) -> None:
    found = facts(repository, {"lua/glow/init.lua": f"local M = {{}}\n{line}\nreturn M\n"})
    assert found["package", "glow.nvim"].detail.get("setup") == setup
