"""The metrics of generate-readme-eval: its weights, and each measure on texts that tell it apart."""

from __future__ import annotations

import builtins
import socket
from pathlib import Path
from typing import Any

import pytest
from rouge_score.rouge_scorer import RougeScorer

from moxi_analyzer import open_repository
from moxi_core.errors import MoxiError
from moxi_eval.metrics import (
    WEIGHTS,
    consistency,
    defined_names,
    need_libraries,
    readability,
    readme_scores,
    structure,
    weighted,
)

HUMAN = """\
# demo

Loads tables from files and from the web.

## Installation

Run the usual command for it.

## Usage

Call the loader with a path, and it gives you the rows.
"""


# The published averages of four runs, in the order of WEIGHTS, and the published totals.
@pytest.mark.parametrize(
    ("averages", "total"),
    [
        ((1, 1, 1, 1, 1, 0.9824, 0.59, 0.1101, 0.1484), 0.5679),
        ((0.0109, 0.1124, 0.0170, 0.1094, 0.2662, 0.2426, 0.52, 0.0880, 0.3730), 0.2562),
        ((0.0164, 0.1546, 0.0385, 0.1484, 0.4057, 0.2381, 0.7250, 0.0477, 0.4481), 0.3216),
        ((0.0255, 0.1527, 0.0497, 0.1486, 0.4109, 0.2394, 0.7282, 0.0673, 0.4334), 0.3251),
        ((0.0072, 0.1196, 0.0169, 0.1151, 0.3029, 0.2416, 0.4450, 0.0796, 0.3790), 0.2443),
    ],
)
def test_weights_give_the_published_totals(averages: tuple[float, ...], total: float) -> None:
    assert round(weighted(dict(zip(WEIGHTS, averages, strict=True))), 4) == total


def test_the_human_readme_beside_itself() -> None:
    scores = readme_scores(HUMAN, HUMAN, frozenset({"loader", "unnamed"}))
    alike = ("bleu", "rouge-1", "rouge-2", "rouge-l", "cosine", "structure")
    assert {name: round(scores[name], 6) for name in alike} == dict.fromkeys(alike, 1.0)
    assert (scores["retrieval"], scores["consistency"]) == (0.4, 0.5)
    assert scores["score"] == pytest.approx(weighted(scores))


def test_likeness_falls_with_every_word_that_differs() -> None:
    near = readme_scores(HUMAN.replace("tables", "matrices"), HUMAN, frozenset())
    far = readme_scores("# other\n\nNothing of that kind is here.\n", HUMAN, frozenset())
    for name in ("bleu", "rouge-1", "rouge-2", "rouge-l", "cosine"):
        assert 0 <= far[name] < near[name] < 1, name


def test_the_order_of_words_counts_for_some() -> None:
    turned = " ".join(reversed(HUMAN.split()))
    scores = readme_scores(turned, HUMAN, frozenset())
    assert scores["rouge-1"] == pytest.approx(1) == pytest.approx(scores["cosine"])
    assert max(scores[name] for name in ("bleu", "rouge-2", "rouge-l")) < 0.5


def test_texts_without_latin_letters_and_empty_ones() -> None:
    assert (
        readme_scores("# 演示\n\n读取 表格\n", "# 演示\n\n读取 表格\n", frozenset())["rouge-1"] == 1
    )
    for text, human in (("", HUMAN), (HUMAN, ""), ("", ""), ("# a\n", "# b\n")):
        assert readme_scores(text, human, frozenset())["bleu"] == 0


def test_rouge_l_is_that_of_rouge_score() -> None:
    text = "# demo\n\nLoads rows from files, from tables and the web.\n\n## Usage\n\nCall it.\n"
    scores = readme_scores(text, HUMAN, frozenset())
    theirs = RougeScorer(["rougeL"]).score(HUMAN, text)["rougeL"].fmeasure
    assert 0 < theirs < 1
    assert scores["rouge-l"] == pytest.approx(theirs)


def test_structure_counts_headings_and_titles() -> None:
    assert structure("# a\n", "# a\n## b\n") == pytest.approx((0.5 + 0.5) / 2)
    assert structure("# x\n## y\n", "# a\n## b\n") == pytest.approx(0.5)
    assert structure("words", "words") == 1
    assert structure("words", "# a\n") == 0


def test_names_are_those_that_code_defines(repository: Path) -> None:
    with open_repository(repository) as (repo, _):
        names = defined_names(repo)
    assert names == {"load_table"}
    assert consistency("Call `load_table(path)`.", names) == 1
    assert consistency("Call `load_tables(path)`.", names) == 0


def test_short_words_in_short_sentences_read_easily() -> None:
    # Flesch: 6 words of 6 syllables in one sentence.
    assert readability("The cat sat on the mat.") == 1
    hard = "Internationalization considerations necessitate comprehensive infrastructural modernization."
    assert readability(hard) == 0
    easy = readability("The library reads a table from a file and returns the rows to you.")
    assert 0.5 < easy < 1
    assert readability("") == 0


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert readme_scores(HUMAN, HUMAN, frozenset())["bleu"] > 0


@pytest.mark.parametrize("library", ["sacrebleu", "rouge_score", "rapidfuzz", "sklearn", "pyphen"])
def test_a_missing_library_names_the_extra(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == library:
            raise ImportError(f"No module named {library!r}", name=library)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MoxiError, match=rf"{library}.*pip install 'moxi-readme\[eval\]'"):
        need_libraries()
