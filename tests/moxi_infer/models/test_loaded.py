"""Models loaded here: asked in the very tokens of training, and true whatever they say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moxi_analyzer import analyze
from moxi_analyzer.model_input import input_of
from moxi_core.errors import LlmError, SettingsError
from moxi_core.prompt import PromptStyle, as_json, instruction_for, prompt_ids
from moxi_core.samples import SftSample
from moxi_infer import compose, write_readme
from moxi_infer.drafting.ask import DRAFTED, Asker
from moxi_infer.models import ModelSettings, opened_model
from moxi_infer.models.loaded import LoadedModel, loaded_model
from tests.conftest import FIXTURES
from tests.moxi_infer.drafting import demo

torch = pytest.importorskip("torch")

from moxi_train.encode import Encoded, Encoder  # noqa: E402
from moxi_train.recipe import RandomModel  # noqa: E402
from moxi_train.tiny import make_model, make_tokenizer  # noqa: E402
from tests.moxi_train.test_encode import CHAT  # noqa: E402

READMES = sorted(path.name for path in (FIXTURES / "readme").iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with an untrained model."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    texts = [place.read_text("utf-8") for place in Path(__file__).parent.parent.rglob("*.py")]
    tokenizer = make_tokenizer(texts, 600)
    tokenizer.add_special_tokens(
        {"additional_special_tokens": ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]}
    )
    shape = RandomModel(vocabulary=600, hidden=32, layers=1, heads=2, kv_heads=1)
    make_model(shape, tokenizer, 2_000, 0, folder)
    (folder / "moxi.json").write_text(
        json.dumps({"prompt": as_json(PromptStyle(style="alpaca", context_tokens=900))})
    )
    return folder


@pytest.fixture(scope="module")
def loaded(run: Path) -> LoadedModel:
    return loaded_model(run, new_tokens=24, context=0)


@pytest.mark.parametrize("style", ["alpaca", "chat"])
@pytest.mark.parametrize("context", [900, 60_000])
@pytest.mark.parametrize("name", READMES)
def test_what_is_asked_in_use_begins_what_was_trained_on(
    loaded: LoadedModel, name: str, style: Any, context: int
) -> None:
    loaded.tokenizer.chat_template = CHAT if style == "chat" else None
    model = replace(loaded, style=PromptStyle(style=style, context_tokens=context))
    snapshot = analyze(FIXTURES / "readme" / name)
    readme = compose(snapshot)
    given = input_of(snapshot)
    encoder = Encoder(loaded.tokenizer, model.style)
    sections = [section for section in readme.sections if section.kind in DRAFTED]
    assert sections
    for section in sections:
        asked = Asker(model, given, readme.title).section(section.kind)
        assert asked is not None
        sample = SftSample(
            id="1", instruction=instruction_for(section.kind, readme.title, given.project_type), input=given,
            content="x", repo_url="https://example.org/a/b", section=section.kind, split="train", prompt_version="1",
        )  # fmt: skip
        taught = encoder.sample(sample)
        assert isinstance(taught, Encoded)
        ids = prompt_ids(loaded.tokenizer, asked)
        assert taught.input_ids[: taught.prompt_tokens] == ids
        assert len(ids) <= context


def test_an_untrained_model_gives_the_offline_readme(run: Path, tmp_path: Path) -> None:
    project = demo.make(tmp_path / "wordy")
    readme = write_readme(project, model=ModelSettings(model=str(run), new_tokens=24))
    assert readme.markdown == write_readme(project).markdown
    assert readme.writer.sections
    assert all(one.replaced and one.completion_tokens for one in readme.writer.sections)
    assert "nothing leaves this machine" in readme.writer.where


def test_the_record_beside_the_weights_tells_how_to_ask(loaded: LoadedModel) -> None:
    assert (loaded.style.style, loaded.style.context_tokens) == ("alpaca", 900)


@pytest.mark.parametrize(
    ("record", "words"),
    [("{", "cannot be read"), ('{"prompt": {"version": "0"}}', "version 0 of the prompt")],
)
def test_records_that_cannot_be_followed(
    run: Path, tmp_path: Path, record: str, words: str
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for place in run.iterdir():
        (folder / place.name).symlink_to(place)
    (folder / "moxi.json").unlink()
    (folder / "moxi.json").write_text(record)
    with pytest.raises(SettingsError, match=words), opened_model(ModelSettings(model=str(folder))):
        pass


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(LlmError, match="cannot be loaded"),
        opened_model(ModelSettings(model=str(tmp_path))),
    ):
        pass
