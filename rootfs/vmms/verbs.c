/* The verbs of this service; see docs/management.md. */
/* SPDX-License-Identifier: MIT */
#include "verbs.h"

#include "arguments.h"

const struct verb verbs[ASKS + 1] = {
	[ASK_LIST] = { "list", NULL, 0,
		"shows all VMs, and how they are",
		"vm list\n"
		"vm list --json\n" },
	[ASK_SHOW] = { "show", arguments_vm, 0,
		"shows all that a VM is and has",
		"vm show web\n" },
	[ASK_CREATE] = { "create", arguments_create, VERB_CHANGES,
		"makes a VM, which is off",
		"vm create web\n"
		"vm create web --disk 20G --iso debian.iso --switch lan\n"
		"vm create web --memory 2G --processors 2 start=always\n",
		"Without more it has 1024M, one processor and an empty DVD "
		"drive. Its disk is\nat ide0:0, its DVD drive at ide1:0; with "
		"--switch it has a network adapter.\n" },
	[ASK_SET] = { "set", arguments_set, VERB_CHANGES,
		"changes a VM's settings",
		"vm set web start=always start-order=10\n"
		"vm set web stop-limit=300 boot=\"dvd disk\"\n"
		"vm set web notes=\"the shop\"\n"
		"vm set web start=\n",
		"Settings: memory, processors, boot (disk, dvd), notes, start "
		"(nothing,\nif-running, always), start-order, start-delay, "
		"start-wait (no, heartbeat),\nstop (shut-down, turn-off), "
		"stop-limit, cpu-weight, cpu-cap, integration.\n"
		"A VM that runs has memory, processors, boot, cpu-weight, "
		"cpu-cap and integration\nfrom its next start on. vm cpu changes "
		"weight and cap at once.\n" },
	[ASK_DELETE] = { "delete", arguments_delete, VERB_CHANGES,
		"removes a VM that is off, with the disks in its folder",
		"vm delete web\n"
		"vm delete web --keep-disks\n",
		"What else is in its folder stays there, and it says so.\n" },
	[ASK_RENAME] = { "rename", arguments_rename, VERB_CHANGES,
		"gives a VM that is off another name, and its folder, too",
		"vm rename web shop\n" },
	[ASK_START] = { "start", arguments_vm, VERB_CHANGES,
		"starts a VM",
		"vm start web\n" },
	/* It must not wait for the others' turn on the VM. */
	[ASK_STOP] = { "stop", arguments_stop, 0,
		"asks a VM's guest to shut down, or turns the VM off",
		"vm stop web\n"
		"vm stop web --hard\n",
		"A guest that has not shut down in time is left running, and "
		"it says so.\n" },
	[ASK_REBOOT] = { "reboot", arguments_vm, VERB_CHANGES,
		"asks a VM's guest to start anew",
		"vm reboot web\n" },
	[ASK_RESET] = { "reset", arguments_vm, VERB_CHANGES,
		"resets a VM, as its button would",
		"vm reset web\n" },
	[ASK_PAUSE] = { "pause", arguments_vm, VERB_CHANGES,
		"lets a VM stand still",
		"vm pause web\n" },
	[ASK_RESUME] = { "resume", arguments_vm, VERB_CHANGES,
		"lets a VM go on, also after a disk's error",
		"vm resume web\n" },
	[ASK_CONSOLE] = { "console", arguments_vm, VERB_CONSOLE,
		"is a VM's serial port on this terminal; Ctrl-] leaves it",
		"vm console web\n"
		"vm -H me@branch-7 console web\n",
		"It begins with what the port said last. Who comes later takes "
		"the place of\nwho is there. The guest goes on when the "
		"terminal is left.\n" },
	[ASK_SCREEN] = { "screen", arguments_screen, VERB_SCREEN,
		"shows a VM's screen as text, or takes its picture",
		"vm screen web\n"
		"vm screen web --png web.png\n"
		"vm screen web --keys 'root<enter>'\n",
		"Keys with a name stand in <>: enter, esc, tab, backspace, "
		"delete, insert,\nhome, end, up, down, left, right, pageup, "
		"pagedown, f1 to f12; with ctrl-,\nalt-, shift- before them "
		"they go down together: <ctrl-alt-delete>. <lt> is <.\n"
		"Letters are as on a keyboard of the United States.\n" },
	[ASK_CPU] = { "cpu", arguments_cpu, VERB_CHANGES,
		"shows or changes a VM's processors",
		"vm cpu web\n"
		"vm cpu web --count 4\n"
		"vm cpu web --weight 200 --cap 50\n" },
	[ASK_MEMORY] = { "memory", arguments_memory, VERB_CHANGES,
		"shows or changes a VM's memory",
		"vm memory web\n"
		"vm memory web 4G\n" },
	[ASK_INTEGRATION] = { "integration", arguments_integration,
		VERB_CHANGES,
		"shows or changes the services for a VM's guest",
		"vm integration web\n"
		"vm integration web time off\n",
		"Services: shutdown (stop and reboot ask the guest), time, "
		"heartbeat, exchange\n(of its name, system and addresses).\n" },
	[ASK_DISK_ADD] = { "disk add", arguments_disk_add, VERB_CHANGES,
		"gives a VM a disk, a new one or one that is there",
		"vm disk add web --size 20G\n"
		"vm disk add web scsi0:1 --file data.vhdx\n"
		"vm disk add web --file /data/old.vhd --format vhd\n",
		"Without a place it is the first free one of ide0:0, ide0:1 "
		"and scsi0:0 to\nscsi0:63, of a VM that runs the first free "
		"SCSI one: that comes at once.\nIDE disks come and go when "
		"the VM is off.\n" },
	[ASK_DISK_SET] = { "disk set", arguments_disk_set, VERB_CHANGES,
		"changes a VM's disk: file, format, read-only",
		"vm disk set web scsi0:1 read-only=yes\n" },
	[ASK_DISK_REMOVE] = { "disk remove", arguments_disk_remove,
		VERB_CHANGES,
		"takes a disk, or a DVD drive, out of a VM; its file stays",
		"vm disk remove web scsi0:1\n" },
	[ASK_DISK_CREATE] = { "disk create", arguments_disk_create,
		VERB_CHANGES,
		"makes a disk's file in a VM's folder, for later",
		"vm disk create web data.vhdx 100G\n" },
	[ASK_ISO_INSERT] = { "iso insert", arguments_iso_insert,
		VERB_CHANGES,
		"puts a disc in a VM's DVD drive, which it gets with it",
		"vm iso insert web debian.iso\n"
		"vm iso insert web /data/iso/tools.iso --place ide1:1\n" },
	[ASK_ISO_EJECT] = { "iso eject", arguments_iso_eject, VERB_CHANGES,
		"takes the disc out of a VM's DVD drive",
		"vm iso eject web\n" },
	[ASK_ISO_LIST] = { "iso list", NULL, 0,
		"shows the discs in the storage folders",
		"vm iso list\n" },
	[ASK_NIC_ADD] = { "nic add", arguments_nic_add, VERB_CHANGES,
		"gives a VM a network adapter",
		"vm nic add web --switch lan\n"
		"vm nic add web --switch lan vlan=20\n"
		"vm nic add old --switch lan --model e1000\n",
		"Settings are those of vm nic set. A synthetic one comes at "
		"once.\n" },
	[ASK_NIC_CONNECT] = { "nic connect", arguments_nic_connect,
		VERB_CHANGES,
		"plugs a VM's network adapter in a switch",
		"vm nic connect web 0 lan\n" },
	[ASK_NIC_DISCONNECT] = { "nic disconnect", arguments_nic_place,
		VERB_CHANGES,
		"pulls the cable of a VM's network adapter",
		"vm nic disconnect web 0\n" },
	[ASK_NIC_SET] = { "nic set", arguments_nic_set, VERB_CHANGES,
		"changes a VM's network adapter",
		"vm nic set web 0 vlan=20\n"
		"vm nic set web 0 trunk=10,20-29 native=1\n"
		"vm nic set web 0 guard=\"mac dhcp\" "
		"address=192.0.2.7\n",
		"Settings: switch, mac, vlan, trunk, native, address, guard "
		"(mac, dhcp, router,\nor none), model (synthetic, e1000).\n"
		"A VM that runs has another mac or model from its next start "
		"on.\n" },
	[ASK_NIC_REMOVE] = { "nic remove", arguments_nic_place, VERB_CHANGES,
		"takes a network adapter out of a VM",
		"vm nic remove web 0\n" },
	[ASK_SWITCH_CREATE] = { "switch create", arguments_switch_create,
		VERB_CHANGES,
		"makes a virtual switch: external, internal or private",
		"vm switch create lan type=external nic=52:54:00:12:34:56\n"
		"vm switch create lab type=internal address=10.9.0.1/24 "
		"nat=yes\n"
		"vm switch create dmz type=private\n",
		"Settings: type; external: nic, host (yes, no); internal: "
		"address, address6,\ndhcp (FIRST-LAST), nat (yes, no); any: "
		"mtu. An external switch takes the\nhost's addresses of its "
		"adapter: vm host network confirm, or after 60 s it is\n"
		"as before.\n" },
	[ASK_SWITCH_LIST] = { "switch list", arguments_switch_list, 0,
		"shows the virtual switches and who is plugged in them",
		"vm switch list\n" },
	[ASK_SWITCH_SET] = { "switch set", arguments_switch_create,
		VERB_CHANGES,
		"changes a virtual switch, as vm switch create takes it",
		"vm switch set lab nat=no dhcp=\n" },
	[ASK_SWITCH_DELETE] = { "switch delete", arguments_switch_delete,
		VERB_CHANGES,
		"removes a virtual switch that nothing is plugged in",
		"vm switch delete dmz\n" },
	[ASK_HOST_SHOW] = { "host show", NULL, 0,
		"shows the host: name, version, processors, memory, network",
		"vm host show\n" },
	[ASK_HOST_SET] = { "host set", arguments_host_set, VERB_CHANGES,
		"changes the host's settings, a section of socle.conf",
		"vm host set host name=branch-7\n"
		"vm host set time ntp=192.0.2.1\n"
		"vm host set \"nic 52:54:00:12:34:56\" address=192.0.2.5/24\n"
		"vm host network confirm\n",
		"A change of addresses, VLANs or bonds reverts after 60 s "
		"unless vm host network\nconfirm comes before.\n" },
	[ASK_HOST_REPORT] = { "host report", NULL, 0,
		"says all that helps to find a fault, without secrets",
		"vm host report > report.txt\n" },
	[ASK_HOST_CLOCK] = { "host clock", arguments_host_clock, VERB_CHANGES,
		"sets the host's clock, and the machine's",
		"vm host clock \"2026-01-31 14:05\"\n",
		"The time is one of the host's zone. A time server that "
		"answers sets the\nclock again.\n" },
	[ASK_HOST_SETTINGS] = { "host settings", arguments_host_settings,
		VERB_CHANGES,
		"writes the host's settings, takes them back, forgets them",
		"vm host settings export > socle.conf\n"
		"vm host settings export --secrets > socle.conf\n"
		"vm host settings import socle.conf\n"
		"vm -H me@branch-7 host settings import socle.conf\n"
		"vm host settings reset --erase\n",
		"The file is good as the socle.conf of this or another host. "
		"Without --secrets\nit has no password; an import leaves "
		"passwords that the file lacks as they are.\nWhat is imported "
		"is checked as a whole, and counts in place of all settings\n"
		"from the next start on. reset forgets all of them, "
		"administrators and the SSH\nhost key, and restarts the host; "
		"VMs and volumes stay on their disks.\n" },
	[ASK_HOST_STORAGE] = { "host storage", arguments_host_storage,
		VERB_CHANGES,
		"makes disks volumes for VMs, mirrors them, shows both",
		"vm host storage list\n"
		"vm host storage claim sda data\n"
		"vm host storage mirror sda sdb data\n"
		"vm host storage mirror add data sdc\n"
		"vm host storage adopt sdb1 old\n"
		"vm host storage format old --erase\n"
		"vm host storage forget old\n",
		"A volume is mounted on /volumes/NAME, wherever its disk is "
		"plugged in. VMs are\nstored on the first one. claim, mirror "
		"and format make a new file system, adopt\ntakes one that is "
		"there, forget leaves all that is on it. What is not empty is\n"
		"refused without --erase.\n" },
	[ASK_HOST_STICK] = { "host make-stick", arguments_host_stick,
		VERB_CHANGES,
		"makes a spare stick, which boots this host",
		"vm host make-stick sdb\n"
		"vm host make-stick sdb --erase\n",
		"It gets this host's system and settings, and takes up to "
		"three minutes. A disk\nthat is not empty is refused without "
		"--erase.\n" },
	[ASK_HOST_NETWORK] = { "host network", arguments_host_network,
		VERB_CHANGES,
		"tests the network, keeps its change, or takes that back",
		"vm host network confirm\n"
		"vm host network test\n",
		"What changes the host's network is taken back after 60 s "
		"otherwise. A test says\nwhether links, gateways, name servers "
		"and time servers answer, and changes\nnothing.\n" },
	[ASK_HOST_RESTART] = { "host restart", NULL, VERB_CHANGES,
		"starts the host anew, once its VMs are stopped",
		"vm host restart\n",
		"Guests are asked to shut down, each as long as its stop-limit "
		"says.\n" },
	[ASK_HOST_STOP] = { "host stop", NULL, VERB_CHANGES,
		"turns the host off, once its VMs are stopped",
		"vm host stop\n",
		"Guests are asked to shut down, each as long as its stop-limit "
		"says.\n" },
	[ASK_GOING_DOWN] = { "going-down", NULL, VERB_ROOT,
		"stops all VMs, as they are to be: the host goes down",
		NULL },
	[ASK_VERSION] = { "version", NULL, 0,
		"says what the service is, and what it speaks", NULL },
	[ASK_SUBSCRIBE] = { "subscribe", NULL, VERB_STREAM,
		"says what happens to VMs, as it happens, in JSON", NULL },
};
