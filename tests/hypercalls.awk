# Rows of docs/hypercalls.md as entries of the tests' table of struct form.
# SPDX-License-Identifier: MIT

BEGIN { FS = " *[|] *" }

$2 ~ /^0x[0-9a-f]+$/ {
	split($4, rep, " ")
	printf "\t{%s, \"%s\", %d, %d, %d, %d, %d},\n", $2, $3, $5, $6,
		rep[1] == "in" ? rep[2] : 0, rep[1] == "out" ? rep[2] : 0,
		rep[1] == "variable"
	rows++
}

END { exit !rows }
