"""A run as others use it: merged weights, on the Hub, or as GGUF.

A QLoRA adapter was trained on 4-bit weights, so it is merged into those very weights, written out in
full: merged into the original ones, or into 4 bit again, the model would be another one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moxi_core.errors import OutputError, SettingsError, TrainError
from moxi_core.files import readable
from moxi_core.hub import upload
from moxi_train.card import is_llama, write_card
from moxi_train.quiet import quiet_libraries
from moxi_train.recipe import Recipe, resolve
from moxi_train.run_dir import RECORD, RunDir

MERGED, BASE = "merged", "merged-base"
_FAR = 1e-4  # logits of merged and of adapter on its base may differ by so much
_CARRIED = (RECORD, "loss.png")
# The weights, their tokenizer, record and card; not what made them.
_PUSHED = ("*.json", "*.safetensors", "*.jinja", "README.md", "NOTICE", "loss.png", "metrics.jsonl")
_CONVERTER = "convert_hf_to_gguf.py"


def merge(run: RunDir, say: Callable[[str], None]) -> Path:
    """Write `merged/`, and `merged-base/` for serving the adapter by itself; the merged folder.

    Raises TrainError where the merged model does not answer as the adapter does.
    """
    quiet_libraries()
    recipe = recipe_of(run)
    target = run.folder / MERGED
    if not recipe.lora.r:
        say("all weights were trained: the run itself is the merged model")
        with _written(target) as folder:
            _copy_whole(run.folder, folder)
            _carry(run, folder, recipe)
        return target
    import torch
    from peft import PeftModel
    from transformers import AutoTokenizer

    base, tokenizer = _whole_base(recipe, run), AutoTokenizer.from_pretrained(run.folder)
    with _written(run.folder / BASE) as folder:
        base.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    model = PeftModel.from_pretrained(base, str(run.folder)).eval()
    ids = torch.tensor([tokenizer("# README\n\nWrite the usage section.")["input_ids"]])
    ids = ids.to(model.device)
    with torch.no_grad():
        before = model(input_ids=ids).logits.float()
        merged = model.merge_and_unload(safe_merge=True)
        after = merged(input_ids=ids).logits.float()
    far = float((before - after).abs().max() / before.abs().max().clamp(min=1.0))
    allowed = _FAR if merged.dtype == torch.float32 else 0.05
    if far > allowed:
        raise TrainError(
            f"Merged weights answer otherwise than the adapter: logits differ by {far:.2g}."
        )
    say(f"merged: logits differ by {far:.1e} from the adapter on its base")
    with _written(target) as folder:
        merged.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        _carry(run, folder, recipe)
    return target


def recipe_of(run: RunDir) -> Recipe:
    """The recipe that a run was trained by. Raises SettingsError where it is not finished."""
    record = run.record
    if record.get("state") != "finished":
        raise SettingsError(
            f"Run {run.folder.name!r} is not finished; go on with `moxi train --resume --name "
            f"{run.folder.name}`."
        )
    return resolve(record["recipe"], run.folder.name)


def _whole_base(recipe: Recipe, run: RunDir) -> Any:
    """The base in full precision: what its 4-bit weights mean, where it was trained on those."""
    from moxi_train.engines.base import refusal
    from moxi_train.engines.transformers import load_base

    name = str(run.base) if recipe.model.random else recipe.model.name
    try:
        model, _ = load_base(recipe, name)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        raise refusal(name, error) from error
    return model.dequantize() if recipe.model.load_in_4bit else model


def to_gguf(run: RunDir, llama_cpp: Path | None, kind: str, say: Callable[[str], None]) -> Path:
    """The merged model as GGUF, by llama.cpp's own converter. Raises SettingsError."""
    script = (llama_cpp or Path()) / _CONVERTER
    if llama_cpp is None or not script.is_file():
        raise SettingsError(
            f"GGUF is made by llama.cpp's {_CONVERTER}: clone https://github.com/ggml-org/llama.cpp, "
            "install its requirements, and give its folder by --llama-cpp."
        )
    merged = run.folder / MERGED
    if RunDir(merged).record != run.record:  # there is none, or it is of an earlier end of the run
        merge(run, say)
    place = run.folder / f"{run.folder.name}-{kind}.gguf"
    made = place.with_name(f".{place.name}")
    line = [sys.executable, str(script), str(merged), "--outfile", str(made), "--outtype", kind]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode or not made.is_file():
        made.unlink(missing_ok=True)
        told = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise TrainError(f"{_CONVERTER} failed: {told[0][:200]}")
    made.replace(place)
    return place


def push(run: RunDir, name: str, *, private: bool, merged: bool) -> str:
    """Upload the adapter (or the merged model) with its card; its address on the Hub.

    Raises OutputError where the Hub refuses.
    """
    base = recipe_of(run).model.name
    if is_llama(base) and not name.rpartition("/")[2].startswith("Llama"):
        raise SettingsError(
            f"{name!r}: what is made of {base} must have a name that begins with Llama, by its license; "
            f"push to {name.rpartition('/')[0]}/Llama-{name.rpartition('/')[2]}."
        )
    folder = run.folder / MERGED if merged else run.folder
    message = f"{run.folder.name}, trained by Moxi"
    return upload(folder, name, "model", _PUSHED, message, private=private)


@contextmanager
def _written(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when it is whole."""
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        yield scratch
        scratch.chmod(0o755)
        readable(scratch)
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    except OSError as error:
        raise OutputError(f"Cannot write {str(target)!r}: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _copy_whole(run: Path, folder: Path) -> None:
    for file in sorted(run.iterdir()):
        if file.is_file() and file.suffix in {".json", ".safetensors", ".jinja"}:
            shutil.copy2(file, folder / file.name)


def _carry(run: RunDir, folder: Path, recipe: Recipe) -> None:
    """The record goes with merged weights, and a card of their own with the notice of the license."""
    for name in _CARRIED:
        if (run.folder / name).is_file():
            shutil.copy2(run.folder / name, folder / name)
    write_card(folder, recipe, run.record, merged=True)
