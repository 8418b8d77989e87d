/* The page of one VM. */
/* SPDX-License-Identifier: MIT */
#include "vm.h"

#include <stdio.h>
#include <string.h>

#include "text.h"
#include "vm_text.h"

const struct action vm_actions[] = {
	VM_START,
	VM_STOP,
	VM_TURN_OFF,
	VM_REBOOT,
	VM_RESET,
	VM_PAUSE,
	VM_RESUME,
	VM_SCREEN,
	VM_SERIAL,
	{ .key = 'e', .text = "settings", .form = &vm_settings,
		.help = "Memory, processors, boot order, notes, start and "
			"stop with the host." },
	{ .key = 'w', .text = "share", .form = &vm_share,
		.help = "The VM's share of the host's processors." },
	{ .key = 'v', .text = "drives", .words = "show @",
		.help = "Its disks and DVD drives: add, remove, insert, eject.",
		.run = vm_drives_run, .more = vm_drive_actions },
	{ .key = 'n', .text = "network", .words = "show @",
		.help = "Its network adapters: add, connect, VLANs, guards.",
		.run = vm_adapters_run, .more = vm_adapter_actions },
	{ .key = 'i', .text = "services", .words = "integration @",
		.help = "What the host does for the VM's guest: shutdown, "
			"time, heartbeat, exchange.",
		.run = vm_services_run, .more = vm_service_actions },
	VM_RENAME,
	{ VM_DELETE, .leaves = true },
	{ .key = 0 },
};

static struct text show = {
	.page = { .title = "VM @", .source = "show @", .seconds = 5,
		.actions = vm_actions, .help = "All that the VM is and has. "
			"What its guest tells of itself it may tell wrong. A "
			"problem keeps the VM from starting; a remark does "
			"not. What is changed while it runs is from its next "
			"start on, if nothing else is said." },
	.make = vm_text, .hang = VM_TEXT_LABEL,
};

void vm_run(struct page *page)
{
	strcpy(show.page.subject, page->subject);
	text_run(&show);
}
