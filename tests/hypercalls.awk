# Rows of docs/hypercalls.md as entries of the tests' tables of struct form: the
# parent's calls, or with -v guests=1 those of guests.
# SPDX-License-Identifier: MIT

BEGIN { FS = " *[|] *" }

/^## / { wanted = ($0 == "## Calls of guests") == (guests + 0) }

wanted && $2 ~ /^0x[0-9a-f]+$/ {
	count = split($4, rep, " ")
	in_rep = out_rep = variable = 0
	for (i = 1; i <= count; i++) {
		if (rep[i] == "in")
			in_rep = rep[i + 1]
		if (rep[i] == "out")
			out_rep = rep[i + 1]
		if (rep[i] == "variable")
			variable = 1
	}
	printf "\t{%s, \"%s\", %d, %d, %d, %d, %d, %d},\n", $2, $3, $5, $6,
		in_rep, out_rep, rep[1] == "in" || rep[1] == "out", variable
	rows++
}

END { exit !rows }
