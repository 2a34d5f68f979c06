"""The metrics of the public benchmark generate-readme-eval, with its weights.

Source: https://huggingface.co/datasets/patched-codes/generate-readme-eval (card, script, run logs)
and https://patched.codes/blog/evaluating-code-to-readme-generation-using-llms. What could be read of
the script is its first part: BLEU, ROUGE and TF-IDF cosine, and that readability is Flesch's reading
ease. The rest of it could not be read. The weights are told by users of the dataset and give the
published totals from the published averages to four decimals (a test). Structure, retrieval and
consistency are defined here by their names and by their published values (retrieval is a number of
fifths, structure of a README beside itself falls where a title occurs twice), so figures are to be
compared within one table of ours, not with the published board.

The score rewards likeness to the human README, its mistakes included: truth is measured elsewhere.

BLEU is by sacrebleu with the smoothing that the script asks of nltk (floor 0.1), ROUGE by
rouge-score (its longest common subsequence by rapidfuzz), cosine by scikit-learn, syllables by pyphen, which textstat counted with in the year of
the benchmark: textstat and nltk themselves now download word lists when they are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace

from moxi_analyzer.repository import Repository
from moxi_core.errors import MoxiError

WEIGHTS = {
    "bleu": 0.1,
    "rouge-1": 0.033,
    "rouge-2": 0.033,
    "rouge-l": 0.034,
    "cosine": 0.1,
    "structure": 0.1,
    "retrieval": 0.2,
    "consistency": 0.2,
    "readability": 0.2,
}

_LOOKED_FOR = ("installation", "usage", "api", "example", "license")
_HEADING = re.compile(r"^#{1,6}[ \t]+\S.*$", re.MULTILINE)
_DEFINITION = re.compile(
    r"\b(?:def|class|func|fn|function|struct|interface|trait|enum|module|object|protocol)[ \t]+"
    r"([A-Za-z_]\w*)"
)
_SENTENCE = re.compile(r"\b[^.!?]+[.!?]*")
_FEWEST_WORDS = 3  # of a sentence: `e.g.` and `3.1` are none


def weighted(scores: Mapping[str, float]) -> float:
    """The total of a README from its scores, each between 0 and 1."""
    return sum(weight * scores[name] for name, weight in WEIGHTS.items())


def readme_scores(text: str, human: str, names: frozenset[str]) -> dict[str, float]:
    """All scores of a README beside the human one; `names` are those that the code defines.

    Raises MoxiError where the extra `eval` is not installed.
    """
    scores = _likeness(text, human)
    scores |= {
        "structure": structure(text, human),
        "retrieval": sum(word in text.lower() for word in _LOOKED_FOR) / len(_LOOKED_FOR),
        "consistency": consistency(text, names),
        "readability": readability(text),
    }
    return {"score": weighted(scores)} | scores


def need_libraries() -> None:
    """Raise MoxiError unless the extra `eval` is installed: before the work, not after it."""
    _likeness("one word", "one word")
    _syllables()


def structure(text: str, human: str) -> float:
    """How like the headings are: half by their number, half by the titles in common."""
    ours, theirs = _HEADING.findall(text), _HEADING.findall(human)
    most = max(len(ours), len(theirs))
    if not most:
        return 1.0
    common = len(set(ours) & set(theirs)) / most
    return (1 - abs(len(ours) - len(theirs)) / most + common) / 2


def consistency(text: str, names: frozenset[str]) -> float:
    """The share of the names defined in code that the README has."""
    return len(names.intersection(re.findall(r"\w+", text))) / len(names) if names else 0.0


def defined_names(repo: Repository) -> frozenset[str]:
    """Functions and types that a repository's own sources define, by their keywords."""
    sources = (path for path, entry in repo.files.items() if entry.role == "source")
    return frozenset(
        name for path in sources for name in _DEFINITION.findall(repo.text(path) or "")
    )


def readability(text: str) -> float:
    """Flesch's reading ease as a share of 100, cut at 0 and 1."""
    words = _words(text)
    if not words:
        return 0.0
    count = _syllables()
    lengths = [len(_words(sentence)) for sentence in _SENTENCE.findall(text)]
    sentences = max(1, sum(length >= _FEWEST_WORDS for length in lengths))
    ease = 206.835 - 1.015 * len(words) / sentences - 84.6 * count(words) / len(words)
    return min(1.0, max(0.0, ease / 100))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _syllables() -> Callable[[Iterable[str]], int]:
    try:
        from pyphen import Pyphen
    except ImportError as error:
        raise _missing(error) from error
    hyphenation = Pyphen(lang="en_US")
    return lambda words: sum(len(hyphenation.positions(word)) + 1 for word in words)


def _likeness(text: str, human: str) -> dict[str, float]:
    """BLEU, ROUGE and cosine of two texts."""
    try:
        from rapidfuzz.distance.LCSseq import similarity
        from rouge_score.rouge_scorer import RougeScorer
        from sacrebleu.metrics.bleu import BLEU
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise _missing(error) from error
    if not all(re.search(r"\w\w", one) for one in (text, human)):  # scikit-learn's shortest word
        return dict.fromkeys(("bleu", "rouge-1", "rouge-2", "rouge-l", "cosine"), 0.0)
    bleu = BLEU(lowercase=True, smooth_method="floor", smooth_value=0.1)
    # Its own tokenizer knows ASCII letters only.
    scorer = RougeScorer(["rouge1", "rouge2"], tokenizer=SimpleNamespace(tokenize=_words))
    rouge = scorer.score(human, text)
    # rouge-score's table for ROUGE-L takes gigabytes for two long READMEs.
    ours, theirs = _words(text), _words(human)
    longest = similarity(ours, theirs)
    # Rows are of length 1: their product is the cosine.
    rows = TfidfVectorizer().fit_transform([human, text])
    return {
        "bleu": bleu.corpus_score([text], [[human]]).score / 100,
        "rouge-1": rouge["rouge1"].fmeasure,
        "rouge-2": rouge["rouge2"].fmeasure,
        "rouge-l": 2 * longest / (len(ours) + len(theirs)),
        "cosine": float((rows[0] @ rows[1].T).sum()),
    }


def _missing(error: ImportError) -> MoxiError:
    return MoxiError(
        f"The metrics need {error.name!r}: run pip install 'moxi-readme[eval]', or leave out --metrics."
    )
