#!/usr/bin/env bash
# For protocol=lines: a line is answered by a line.
dictionary=$(mktemp) # opened once
trap 'rm -f "$dictionary"; echo "closed" >&2' EXIT

while IFS= read -r line; do
  printf '%s\n' "$line" >>"$dictionary"
  printf '%s has %d characters\n' "$line" "${#line}"
done
