# Disks of VMs: images, and the SCSI controller.
# SPDX-License-Identifier: MIT

load lib/vsp
load lib/hostile

# One parent for all, with the volume that the images are on.
setup_file() {
	requires xorriso unsquashfs mkfs.vfat mcopy python3 ssh ssh-keygen openssl gcc
	iso_unpack
	vsp_start host 2 4096
}

### Before the machine is asked

@test "quick: images, 60 power cuts of them, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f disk.mk BUILD="$BATS_TEST_TMPDIR" \
		CUTS=60 check
}

@test "images are what qemu-img and libvhdi take them for, and theirs are taken" {
	sh "$SOCLE_TOP/tests/unit/disk_oracles.sh" "$BATS_FILE_TMPDIR/image/sbin/disk" \
		"$BATS_TEST_TMPDIR/oracles"
}

@test "quick: the SCSI controller against wrong guests, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f storage.mk BUILD="$BATS_TEST_TMPDIR" check
}

@test "fuzz targets of storage, images and network, 3 s each" {
	local name
	for name in storvsp cdb vhdx vhd nvsp rndis; do
		SOCLE_BUILD=$BATS_TEST_TMPDIR "$SOCLE_TOP/build.sh" fuzz "$name" 3
	done
}

@test "quick: network adapters, and wrong guests of them, with sanitizers" {
	make -C "$SOCLE_TOP/tests/unit" -f net.mk BUILD="$BATS_TEST_TMPDIR" check
}

### Debian, with its root on a dynamic VHDX

@test "quick: Debian boots from its VHDX, to a login, and SSH answers in it" {
	vsp_debian host
	expect_match "$(vm_log host debian)" 'debian login: root'
	expect_match "$(vsp_expect host debian 20 'findmnt -no SOURCE,FSTYPE,SIZE /')" \
		'^/dev/sda +ext4 +19\.'
	expect_match "$(vsp_expect host debian 20 'readlink -f /sys/block/sda/device')" \
		'/VMBUS|vmbus|hyperv'
	expect_match "$(vsp_expect host debian 60 'ssh -o StrictHostKeyChecking=no \
		-o LogLevel=ERROR -i /root/.ssh/id_ed25519 root@127.0.0.1 hostname')" '^debian$'
}

# fio_at DEPTH SIZE [OPTION...]: fio writes that much of a file and reads it back.
fio_at() {
	local depth=$1 size=$2
	shift 2
	vsp_expect host debian 170 "fio --name=v --filename=/root/fio --size=$size --direct=1 \
		--ioengine=libaio --iodepth=$depth --verify=crc32c --verify_fatal=1 --minimal $* \
		> /root/said 2>&1 || { tail -n 3 /root/said; exit 1; }
		rm /root/fio; echo depth $depth is good"
}

@test "fio finds what it wrote, in random sizes and depths" {
	vsp_debian host
	fio_at 16 24M --rw=randrw --rwmixwrite=70 --bsrange=512-256k --blockalign=512 \
		--iodepth_batch_submit=8 --randrepeat=0 --fsync=64
	fio_at 1 2M --rw=randwrite --bs=4k
	fio_at 32 16M --rw=randwrite --bsrange=4k-64k --randrepeat=0
}

@test "quick: a disk is added, partitioned, filled, read back, and removed" {
	vsp_debian host
	machine_ssh host 'disk create /run/vsp/added.vhdx 1G'
	vm_control host debian "add 5 vhdx /run/vsp/added.vhdx"
	vsp_wait_guest host debian 20 'test -b /dev/disk/by-path/*-lun-5 || ls -d /sys/class/scsi_disk/*:5'
	vsp_expect host debian 120 'set -e
		disk=/dev/$(ls /sys/class/scsi_disk/*:5/device/block)
		printf "label: gpt\n,40M\n,\n" | sfdisk -q $disk
		udevadm settle
		for i in 1 2; do
			mkfs.ext4 -q -E nodiscard ${disk}$i
			mkdir -p /mnt/$i
			mount ${disk}$i /mnt/$i
		done
		if dd if=/dev/zero of=/mnt/1/zeros bs=1M 2> /dev/null; then exit 1; fi
		[ -s /mnt/1/zeros ]
		seq 500000 > /mnt/2/numbers
		sync; echo 3 > /proc/sys/vm/drop_caches
		seq 500000 | cmp - /mnt/2/numbers
		cmp -n $(stat -c %s /mnt/1/zeros) /mnt/1/zeros /dev/zero
		umount /mnt/1 /mnt/2'
	vm_control host debian "remove 5"
	vsp_wait_guest host debian 20 '! ls -d /sys/class/scsi_disk/*:5'
	vsp_check host /run/vsp/added.vhdx
	machine_ssh host 'rm /run/vsp/added.vhdx'
}

@test "a disk is removed while it is written to: the guest gets errors and goes on" {
	vsp_debian host
	machine_ssh host 'disk create /run/vsp/gone.vhdx 1G'
	vm_control host debian "add 6 vhdx /run/vsp/gone.vhdx"
	vsp_wait_guest host debian 20 'ls -d /sys/class/scsi_disk/*:6'
	vsp_expect host debian 20 'disk=/dev/$(ls /sys/class/scsi_disk/*:6/device/block)
		fio --name=gone --filename=$disk --allow_file_create=0 --size=200M --rw=randwrite \
			--bs=64k --direct=1 --ioengine=libaio --iodepth=32 --time_based \
			--runtime=120 > /root/said 2>&1 &'
	vsp_wait_guest host debian 40 \
		'awk "{ exit \$7 == 0 }" /sys/class/scsi_disk/*:6/device/block/*/stat'
	vm_control host debian "remove 6"
	vsp_wait_guest host debian 40 '! ls -d /sys/class/scsi_disk/*:6'
	vsp_wait_guest host debian 40 '! pidof fio'
	vsp_expect host debian 10 'grep -q "Input/output error\|No such device" /root/said'
	vsp_check host /run/vsp/gone.vhdx
	machine_ssh host 'rm /run/vsp/gone.vhdx'
}

@test "quick: a disc is inserted, read, ejected, and swapped for another" {
	local disc
	vsp_debian host
	for disc in one two; do
		vm_control host debian "insert 1 /run/vsp/$disc.iso"
		vsp_wait_guest host debian 20 "blkid -p -o value -s LABEL /dev/sr0 | grep $disc"
		expect_equal "$(vsp_expect host debian 40 "mount -r /dev/sr0 /mnt && cat /mnt/label")" \
			"this is $disc"
		expect_equal "$(vsp_expect host debian 40 'sha256sum < /mnt/data; umount /mnt')" \
			"$(sha256sum < "$BATS_FILE_TMPDIR/$disc/data")"
		vm_control host debian "eject 1"
		vsp_wait_guest host debian 20 '! blkid -p /dev/sr0'
	done
}

@test "a disk grows while the guest uses it, and its file system with it" {
	vsp_debian host
	machine_ssh host 'disk create /run/vsp/grows.vhdx 256M'
	vm_control host debian "add 7 vhdx /run/vsp/grows.vhdx"
	vsp_wait_guest host debian 20 'ls -d /sys/class/scsi_disk/*:7'
	vsp_expect host debian 60 'set -e
		disk=/dev/$(ls /sys/class/scsi_disk/*:7/device/block)
		mkfs.ext4 -q $disk; mkdir -p /mnt/g; mount $disk /mnt/g
		head -c 10000000 /dev/urandom > /mnt/g/before; sha256sum /mnt/g/before > /root/sum'
	vm_control host debian "grow 7 768M"
	vsp_wait_guest host debian 20 'echo 1 > $(echo /sys/class/scsi_disk/*:7/device/rescan)
		[ $(cat /sys/class/scsi_disk/*:7/device/block/*/size) = 1572864 ]'
	vsp_expect host debian 60 'set -e
		resize2fs /dev/$(ls /sys/class/scsi_disk/*:7/device/block) 2> /dev/null
		[ $(df -k --output=size /mnt/g | tail -n 1) -gt 600000 ]
		echo 3 > /proc/sys/vm/drop_caches
		sha256sum -c /root/sum; umount /mnt/g'
	vm_control host debian "remove 7"
	vsp_check host /run/vsp/grows.vhdx
	machine_ssh host 'rm /run/vsp/grows.vhdx'
}

@test "quick: what the guest deletes and trims gives back space of the file" {
	local before full after
	vsp_debian host
	machine_ssh host 'disk create --block 1M /run/vsp/trim.vhdx 2G'
	vm_control host debian "add 8 vhdx /run/vsp/trim.vhdx"
	vsp_wait_guest host debian 20 'ls -d /sys/class/scsi_disk/*:8'
	vsp_expect host debian 60 'set -e
		disk=/dev/$(ls /sys/class/scsi_disk/*:8/device/block)
		mkfs.ext4 -q $disk; mkdir -p /mnt/t; mount $disk /mnt/t; sync'
	before=$(vsp_bytes host /run/vsp/trim.vhdx)
	vsp_expect host debian 60 'head -c 60000000 /dev/zero | tr "\0" x > /mnt/t/file; sync'
	full=$(vsp_bytes host /run/vsp/trim.vhdx)
	expect_at_most $((before + 59000000)) "$full" "bytes of the file that are written"
	vsp_expect host debian 60 'rm /mnt/t/file; sync; fstrim /mnt/t; umount /mnt/t'
	after=$(vsp_bytes host /run/vsp/trim.vhdx)
	echo "# $before bytes, full $full, trimmed $after" >&3
	# Meanwhile the file system has written tables of its own.
	expect_at_most "$after" $((full - 50000000)) "bytes of the file after the trim"
	vm_control host debian "remove 8"
	vsp_check host /run/vsp/trim.vhdx
	machine_ssh host 'rm /run/vsp/trim.vhdx'
}

@test "a volume that is full stops the VM's I/O, which goes on when there is room" {
	vsp_debian host
	machine_ssh host 'mkdir -p /run/small && mount -t tmpfs -o size=24m tmpfs /run/small &&
		disk create --block 1M /run/small/full.vhdx 1G'
	vm_control host debian "add 9 vhdx /run/small/full.vhdx"
	vsp_wait_guest host debian 20 'ls -d /sys/class/scsi_disk/*:9'
	vsp_expect host debian 60 'disk=/dev/$(ls /sys/class/scsi_disk/*:9/device/block)
		seq 4500000 | head -c 32000000 > /root/noise; sync; rm -f /root/status
		{ dd if=/root/noise of=$disk bs=64k oflag=direct conv=fsync 2> /root/said
		echo $? > /root/status; } & true'
	vsp_wait_control host debian storage 'critical: LUN 9, error 28,' 30
	expect_match "$(vm_control host debian status)" 'running, critical'
	# There is no more room than before.
	vm_control host debian recover || true
	vsp_wait_control host debian storage 'critical: LUN 9, error 28,' 30
	machine_ssh host 'mount -o remount,size=200m /run/small'
	vm_control host debian recover
	vsp_wait_guest host debian 60 'test -s /root/status'
	expect_equal "$(vsp_expect host debian 60 'cat /root/status
		disk=/dev/$(ls /sys/class/scsi_disk/*:9/device/block)
		echo 3 > /proc/sys/vm/drop_caches; cmp -n 32000000 /root/noise $disk && echo same')" "0
same"
	vm_control host debian "remove 9"
	vsp_check host /run/small/full.vhdx
	machine_ssh host 'umount /run/small'
}

@test "quick: Debian powers off, its image and file system are clean" {
	local file=$BATS_TEST_TMPDIR/debian.vhdx
	vsp_debian host
	vsp_off host debian
	parent_is_well host
	vsp_take host debian.vhdx "$file"
	vsp_disk check "$file"
	qemu-img check -f vhdx "$file"
	vsp_disk convert "$file" "$file.raw"
	e2fsck -fn "$file.raw"
}

### The end of a worker, hostile guests

@test "2 workers killed while they write: the file system is clean, what was safe is there" {
	vsp_kills host 2
	parent_is_well host
}

@test "hostile guests do 2,000 operations of each row, and harm nothing" {
	vsp_hostile host 2000 120
	parent_is_well host
}
