/* A VM's serial port on this terminal. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include "ask.h"
#include "outside.h"

/* `vm console`, which Ctrl-] leaves. */
void vm_serial_run(struct page *page)
{
	const char *const words[] = { "vm", "--socket", ask_where(),
		"console", page->subject, NULL };
	int status = outside_run(words, NULL);

	if (status)
		page_say("The serial port of %s is not there, or not any more:"
			" does the VM run?", page->subject);
	else
		page_say("The serial port is left; the VM goes on.");
	page_refresh();
}
