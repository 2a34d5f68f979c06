"""docs/TRAINING_ON_AWS.md says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import typer
from typer.testing import CliRunner

from moxi_cli import aws_options
from moxi_train.aws import request
from moxi_train.aws.cost import PRICES, PRICES_OF

PAGE = (Path(__file__).parents[3] / "docs/TRAINING_ON_AWS.md").read_text()


def test_prices_are_those_of_the_table() -> None:
    rows = re.findall(r"^\| `(ml\.[\w.]+)` \| .*? \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    assert {name: float(price) for name, price in rows} == PRICES
    month, region = PRICES_OF.split(", ")
    assert month in PAGE
    assert region in PAGE


def test_policies_are_json_and_allow_nothing_whole() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        for statement in json.loads(block)["Statement"]:
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                assert "*" not in action


def test_options_are_those_of_the_command() -> None:
    app = typer.Typer()

    @app.command()
    def train(
        on_aws: aws_options.OnAws = False,
        attach: aws_options.Attach = "",
        resume: aws_options.Resume = "",
        instance: aws_options.Instance = aws_options.INSTANCE,
        spot: aws_options.Spot = True,
        max_hours: aws_options.MaxHours = aws_options.HOURS,
        role: aws_options.Role = "",
        bucket: aws_options.Bucket = "",
        region: aws_options.Region = "",
        image: aws_options.Image = "",
        secret: aws_options.Secret = "",
        tags: aws_options.Tags = None,
    ) -> None:
        """Train."""

    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    known = set(re.findall(r"--[a-z-]+", shown)) - {
        "--help",
        "--install-completion",
        "--show-completion",
    }
    assert known == {
        "--aws", "--aws-attach", "--aws-resume", "--instance", "--spot", "--on-demand", "--max-hours",
        "--role", "--bucket", "--region", "--image", "--secret", "--tag",
    }  # fmt: skip
    for option in known:
        assert option in PAGE


def test_defaults_are_written_once_in_effect() -> None:
    """--help knows them without importing what trains."""
    assert aws_options.INSTANCE == request.DEFAULT_INSTANCE
    assert aws_options.HOURS == request.DEFAULT_HOURS
