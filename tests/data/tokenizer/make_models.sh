#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the models of this folder from corpus.txt with Debian's sentencepiece. They are committed; run again only to change them.
set -eu
cd "$(dirname "$0")"
train() {
  name=$1
  shift
  spm_train --input=corpus.txt --model_prefix="$name" --model_type=unigram --hard_vocab_limit=false "$@"
  rm -f "$name.vocab"
}
# As umT5: NFKC, dummy prefix, byte fallback, pad 0, end 1, unknown 2.
train nfkc --vocab_size=700 --normalization_rule_name=nmt_nfkc --byte_fallback=true --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1 \
  --character_coverage=0.98
# Unknown characters in runs, symbols that are kept whole, spaces kept as they are.
train symbols --vocab_size=300 --normalization_rule_name=identity --user_defined_symbols='<shot>,<take>,plate,a b,🎬' \
  --character_coverage=0.98 --remove_extra_whitespaces=false --add_dummy_prefix=false
# The space at the end of a word.
train suffix --vocab_size=300 --normalization_rule_name=identity --treat_whitespace_as_suffix=true --character_coverage=0.98
