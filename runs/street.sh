#!/usr/bin/env bash
# The whole street on any machine: no GPU, no key, and no network once packages are installed.
#
#   runs/street.sh          # small repositories made by a script
#   runs/street.sh LIST     # those that a list names: a file, a folder, owner/name, an address
#
# Repositories become samples, samples a training set, that a tiny model; vLLM serves it, and it writes the README
# of a repository that it has never seen. Stopped anywhere, the next run goes on there; after a whole one it does
# next to nothing. What it makes lies in data/street. It shows that the street works: so small a model knows nothing.
set -euo pipefail
[ ! -e "${1:-}" ] || set -- "$(realpath "$1")"
cd "$(dirname "$0")/.."
ROOT=$PWD STREET=${STREET:-$PWD/data/street${1:+-${1##*/}}} PORT=${PORT:-8123} STEPS=${STEPS:-30} BEGUN=$SECONDS
BIN=${MOXI_BIN:-$ROOT/.venv/bin}
unset MONGODB_URI MOXI_DATA_DIR MOXI_BASE_URL MOXI_MODEL MOXI_API_KEY

say() { printf '\n== %s (%d s so far)\n' "$1" $((SECONDS - BEGUN)); }
# Whether $1 is there and none of the others is newer.
fresh() { local made=$1; shift; [ -e "$made" ] && for from; do [ ! "$from" -nt "$made" ] || return 1; done; }

say "environments: .venv for the street, .venv-vllm for the server"
[ -n "${MOXI_BIN:-}" ] || make --no-print-directory .venv/.street
[ -n "${MOXI_VLLM_PYTHON:-}" ] || make --no-print-directory .venv-vllm/.installed
export MOXI_VLLM_PYTHON=${MOXI_VLLM_PYTHON:-$ROOT/.venv-vllm/bin/python}

mkdir -p "$STREET" && cd "$STREET"  # no .env and no moxi.toml counts here
say "repositories"
"$BIN/python" "$ROOT/runs/street_repos.py" repos --unseen unseen
if [ $# -gt 0 ]; then sources=(--source "$1"); else
  sources=(--api none); for owner in repos/*; do sources+=(--source "$owner"); done; fi

samples=data/collection/awesome_readme_clean.jsonl
say "collect: repositories become samples in the store"
fresh $samples repos/* ${1:+"$1"} || "$BIN/moxi" collect "${sources[@]}" --quiet
"$BIN/moxi" store stats

say "chunk: their READMEs, cut without loss"
fresh data/chunks/readme_chunks.jsonl $samples || "$BIN/moxi" chunk --quiet
wc -l data/chunks/readme_chunks.jsonl

say "instruct: sections with the code that they describe, and an instruction"
fresh data/sft/train.jsonl $samples || "$BIN/moxi" dataset build --quiet
wc -l data/sft/*.jsonl

say "train: a random Llama of 4 million weights, $STEPS steps"
if ! fresh models/street/moxi.json data/sft/train.jsonl; then
  rm -rf models/street
  "$BIN/moxi" train --recipe tiny-cpu --name street --no-public-dataset --set train.max_steps="$STEPS" \
    --set train.gradient_accumulation=1 --set evaluate.every_steps=0 --set evaluate.sections=1
fi
"$BIN/moxi" train --resume --name street  # what was killed goes on; what is finished is left alone

say "merge"
fresh models/street/merged/moxi.json models/street/moxi.json || "$BIN/moxi" export street --merged

written=unseen/lighthouse-count/README.md
if ! fresh $written models/street/merged/moxi.json; then
  say "serve: vLLM on this machine"
  rm -f ready && mkfifo ready
  "$BIN/moxi" serve street --port "$PORT" > ready & server=$!
  trap 'kill $server 2> /dev/null; wait $server || true' EXIT
  read -r told < ready && echo "$told"  # the line that says it answers; none, and it has ended

  say "write: the README of a repository that was never seen"
  "$BIN/readme-gen" unseen/lighthouse-count --force --model street --base-url "http://127.0.0.1:$PORT/v1" \
    --max-new-tokens 384 --require-model
fi

say "check: every claim of it, held against the code"
cat $written
"$BIN/readme-gen" check unseen/lighthouse-count
say "done"
