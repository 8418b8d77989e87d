/* A VM: its page, and what lists of VMs can do, too. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_VM_H
#define SCONFIG_VM_H

#include "action.h"
#include "form.h"
#include "page.h"

/* Of the page's row, `vm list`'s or `vm show`'s: what its state lets it do. */
bool vm_is_off(const struct page *page);
bool vm_is_on(const struct page *page);
bool vm_runs(const struct page *page);	/* Running, without -Critical */
bool vm_can_pause(const struct page *page);
bool vm_can_resume(const struct page *page);
bool vm_can_reset(const struct page *page);

/* Rows of tables of actions. */
#define VM_START { .key = 's', .text = "start", .words = "start @", \
	.help = "Starts the VM.", .may = vm_is_off }
#define VM_STOP { .key = 'x', .text = "stop", .words = "stop @", \
	.help = "Asks the VM's guest to shut down. One that does not is left " \
		"running, and it is said.", .may = vm_runs }
#define VM_TURN_OFF { .key = 'o', .text = "turn off", \
	.words = "stop @ --hard", .may = vm_is_on, \
	.question = "Turn @ off, as if its power went: its guest is not asked", \
	.help = "Turns the VM off at once. What its guest has not written " \
		"yet is lost." }
#define VM_REBOOT { .key = 'b', .text = "reboot", .words = "reboot @", \
	.help = "Asks the VM's guest to start anew.", .may = vm_runs }
#define VM_RESET { .key = 'r', .text = "reset", .words = "reset @", \
	.question = "Reset @ at once: its guest is not asked", \
	.help = "Resets the VM, as its button would.", .may = vm_can_reset }
#define VM_PAUSE { .key = 'p', .text = "pause", .words = "pause @", \
	.help = "Lets the VM stand still; it keeps its memory.", \
	.may = vm_can_pause }
#define VM_RESUME { .key = 'u', .text = "resume", .words = "resume @", \
	.help = "Lets the VM go on, also after a disk's error.", \
	.may = vm_can_resume }
#define VM_SCREEN { .key = 'c', .text = "console", .words = "screen @", \
	.help = "The VM's screen as text, and its keyboard. Ctrl-] comes " \
		"back.", .run = vm_screen_run, .may = vm_is_on }
#define VM_SERIAL { .key = 't', .text = "serial", .words = "console @", \
	.help = "The VM's serial port on this terminal. Ctrl-] comes back.", \
	.run = vm_serial_run, .may = vm_is_on }
#define VM_RENAME { .key = 'm', .text = "rename", .form = &vm_rename, \
	.help = "Gives the VM that is off another name, and its folder, too.", \
	.may = vm_is_off, .leaves = true }
#define VM_DELETE .key = 'd', .text = "delete", .form = &vm_delete, \
	.help = "Removes the VM that is off, with or without its disks.", \
	.may = vm_is_off

extern const struct form vm_rename, vm_delete;	/* vm_forms.c */
extern const struct form vm_settings, vm_share;	/* values: `show @` */

/* vm_new.c: asks, makes it. Room for its name; false: none is made. */
bool vm_new(const struct page *page, char name[PAGE_SUBJECT]);
extern const struct form vm_create;

/* Pages of the page's subject. */
void vm_run(struct page *page);			/* vm.c */
void vm_drives_run(struct page *page);
void vm_adapters_run(struct page *page);
void vm_services_run(struct page *page);
void vm_screen_run(struct page *page);
void vm_serial_run(struct page *page);		/* vm_serial.c */

/* Their actions, for --commands. */
extern const struct action vm_actions[], vm_drive_actions[],
	vm_adapter_actions[], vm_service_actions[];

/* Rows of a `show`, each with the VM's state as "state"; a new array. */
json_t *vm_rows(const json_t *result, const char *key);

#endif
