/* Keys of this terminal, as `vm screen --keys` takes them. */
/* SPDX-License-Identifier: MIT */
#ifndef SCONFIG_VM_KEYS_H
#define SCONFIG_VM_KEYS_H

#include <stdbool.h>

enum { VM_KEY = 24 };

/* "a", "<enter>", "<ctrl-c>". False: a VM's keyboard has no key for it. */
bool vm_keys_name(int key, char text[VM_KEY]);

#endif
