#!/bin/sh
# The table in the settings document and what `conf keys` prints are the same.
# usage: test_keys.sh CONF DOCUMENT
# SPDX-License-Identifier: MIT
set -eu

keys=$("$1" keys | cut -f 1-3)
table=$(sed -n 's/^| \[\([a-z]*\)[^|]* | `\([a-z0-9]*\)` | \([a-z]*\) |.*/\1	\2	\3/p' "$2")
[ "$keys" = "$table" ] && exit
printf 'conf keys:\n%s\n%s:\n%s\n' "$keys" "$2" "$table" >&2
exit 1
