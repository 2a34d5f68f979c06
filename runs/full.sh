#!/usr/bin/env bash
# The street with the real model, on a machine with an NVIDIA GPU of 16 GB or more (`make doctor` tells): some hours.
#
#   runs/full.sh                       # the repositories of matiassingers/awesome-readme, instructions from patterns
#   runs/full.sh owner/list            # those of another list
#   PROVIDER=openai runs/full.sh       # instructions by a model (OPENAI_API_KEY), for MAX_COST dollars at most
#   REPO=../my-project runs/full.sh    # writes the README of that one in the end
#
# Llama 3.2 is gated: HF_TOKEN of an account that may have it. Stopped anywhere, the next run goes on there: collecting
# takes only what has changed, answers of a model are kept, training resumes from its last checkpoint.
set -euo pipefail
cd "$(dirname "$0")/.."
LIST=${1:-matiassingers/awesome-readme} RUN=${RUN:-llama-3.2-3b} RECIPE=${RECIPE:-llama-3.2-3b-qlora}
PORT=${PORT:-8000} REPO=${REPO:-} BEGUN=$SECONDS

say() { printf '\n== %s (%d min so far)\n' "$1" $(((SECONDS - BEGUN) / 60)); }

say "environments"
make --no-print-directory .venv/.collect .venv/.dataset .venv/.train .venv-vllm/.installed
PATH=$PWD/.venv/bin:$PATH
moxi doctor

say "collect: repositories become samples in the store"
moxi collect --source "$LIST"

say "chunk: their READMEs, cut without loss"
moxi chunk

say "instruct: sections with the code that they describe, and an instruction"
moxi dataset build --provider "${PROVIDER:-template}" --max-cost "${MAX_COST:-20}"

say "train: $RECIPE"
if [ -f "models/$RUN/moxi.json" ]; then moxi train --resume --name "$RUN"; else
  moxi train --recipe "$RECIPE" --name "$RUN" --comet offline; fi

say "merge"
[ "models/$RUN/merged/moxi.json" -nt "models/$RUN/moxi.json" ] || moxi export "$RUN" --merged

say "serve: vLLM on the GPU"
ready=$(mktemp -u) && mkfifo "$ready"
moxi serve "$RUN" --port "$PORT" > "$ready" & server=$!
trap 'kill $server 2> /dev/null; wait $server || true; rm -f "$ready"' EXIT
read -r told < "$ready" && echo "$told"

if [ -n "$REPO" ]; then
  say "write: the README of $REPO"
  readme-gen "$REPO" --update --model "$RUN" --base-url "http://127.0.0.1:$PORT/v1" --require-model
  say "check: every claim of it, held against the code"
  readme-gen check "$REPO"
  exit
fi
say "it answers until Ctrl-C"
wait $server
