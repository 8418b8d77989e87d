# Makes the table of function names for back-traces from the output of nm -n.
# SPDX-License-Identifier: MIT
BEGIN { count = at = 0 }
$2 ~ /^[tT]$/ && $3 != "image_start" && $1 "" != last "" {
	address[count] = $1; name[count++] = $3; last = $1
}
END {
	print "\t.section .rodata\n\t.balign 4"
	print "\t.globl symbol_address, symbol_name, symbol_text, symbol_count"
	print "symbol_count:\n\t.long " (count + 0)
	print "symbol_address:"
	for (i = 0; i < count; i++)
		print "\t.long 0x" substr(address[i], 9)
	print "symbol_name:"
	for (i = 0; i < count; i++) {
		print "\t.long " (at + 0)
		at += length(name[i]) + 1
	}
	print "symbol_text:"
	for (i = 0; i < count; i++)
		print "\t.asciz \"" name[i] "\""
	print "\t.section .note.GNU-stack, \"\", @progbits"
}
