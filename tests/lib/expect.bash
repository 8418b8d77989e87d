# Comparisons that show both sides when they fail.
# SPDX-License-Identifier: MIT

# expect_equal GOT WANTED [WHAT]
expect_equal() {
	[ "$1" = "$2" ] || {
		printf '%s\n  wanted: %s\n  got:    %s\n' "${3:-not equal}" "$2" "$1" >&2
		return 1
	}
}

# expect_at_most GOT MOST [WHAT]: whole numbers.
expect_at_most() {
	[ "$1" -le "$2" ] || {
		printf '%s\n  at most: %s\n  got:     %s\n' "${3:-too much}" "$2" "$1" >&2
		return 1
	}
}

# expect_match TEXT REGEX [WHAT]: some line matches (extended).
expect_match() {
	grep -qE -e "$2" <<< "$1" || {
		printf '%s\n  wanted a line like: %s\n  got:\n%s\n' "${3:-no match}" "$2" "$1" >&2
		return 1
	}
}

# expect_no_match TEXT REGEX [WHAT]
expect_no_match() {
	local line
	line=$(grep -E -e "$2" <<< "$1") || return 0
	printf '%s\n  wanted no line like: %s\n  got:\n%s\n' "${3:-match}" "$2" "$line" >&2
	return 1
}

# expect_empty TEXT WHAT: TEXT lists what is wrong; nothing must be in it.
expect_empty() {
	[ -z "$1" ] || {
		printf '%s:\n%s\n' "$2" "$1" >&2
		return 1
	}
}

# expect_failure COMMAND...: it must end with a status other than 0 and say
# why in one sentence, without stopping the test. Its output is in $output.
expect_failure() {
	run "$@"
	[ "$status" -ne 0 ] || {
		printf 'it succeeded: %s\n%s\n' "$*" "$output" >&2
		return 1
	}
}
