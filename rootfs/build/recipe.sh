# Recipes: one folder per component, built once per content, kept in the cache.
# SPDX-License-Identifier: MIT
#
# rootfs/packages/NAME/recipe sets source, binary, packed, corresponding, suites,
# depends, inputs, licence, optional and build(); docs/architecture.md says what each means. The
# output lies in $cache/built/NAME-KEY, KEY being the hash of all that went in.

packages=$top/rootfs/packages

# recipe_all: the names of all recipes.
recipe_all() {
	(cd "$packages" && for recipe_dir in */recipe; do echo "${recipe_dir%/recipe}"; done)
}

# recipe_names: those that this build takes. An optional recipe names the
# environment variable that turns it on.
recipe_names() {
	for name in $(recipe_all); do
		name_switch=$(recipe_field "$name" optional)
		if [ -n "$name_switch" ]; then
			eval "[ \"\${$name_switch:-}\" = 1 ]" || continue
		fi
		echo "$name"
	done
}

# recipe_field NAME FIELD: the value of one of a recipe's variables.
recipe_field() {
	(
		source='' binary='' packed='' corresponding='' depends='' inputs='' licence='' optional=''
		suites='trixie forky'
		# shellcheck source=/dev/null
		. "$packages/$1/recipe"
		eval "echo \"\$$2\""
	)
}

# recipe_read NAME: the same into recipe_source, recipe_binary, ...
recipe_read() {
	[ -f "$packages/$1/recipe" ] || die "no recipe for '$1'"
	recipe_source=$(recipe_field "$1" source)
	recipe_binary=$(recipe_field "$1" binary)
	recipe_packed=$(recipe_field "$1" packed)
	recipe_depends=$(recipe_field "$1" depends)
	recipe_inputs=$(recipe_field "$1" inputs)
	recipe_licence=$(recipe_field "$1" licence)
}

# Compiler, linker and make of the host: other versions, other bytes.
toolchain_id() {
	gcc --version | head -n 1
	ld --version | head -n 1
	make --version | head -n 1
}

# recipe_key NAME: 16 hex digits over recipe, locked sources, dependencies'
# keys, the environment and the host's compiler. Kept per run in $work/key.
recipe_key() {
	mkdir -p "$work/key"
	[ -s "$work/key/$1" ] || recipe_compute_key "$1" > "$work/key/$1.new" ||
		exit 1
	[ -s "$work/key/$1" ] || mv "$work/key/$1.new" "$work/key/$1"
	cat "$work/key/$1"
}

recipe_compute_key() {
	(
		recipe_read "$1"
		for key_input in $recipe_inputs; do
			[ -d "$top/$key_input" ] || die "recipe '$1' names $key_input, which is not there"
		done
		{
			echo "1 $SOURCE_DATE_EPOCH"
			cat "$work/toolchain" "$top/rootfs/build/environment.sh"
			hash_tree "$packages/$1"
			for key_input in $recipe_inputs; do
				hash_tree "$top/$key_input"
			done
			for key_source in $recipe_source; do
				lock_lines source "$key_source" | cut -d ' ' -f 1-3,5-
			done
			for key_binary in $recipe_binary; do
				lock_lines binary "$key_binary" | cut -d ' ' -f 1-3,5-
			done
			for key_depend in $recipe_depends; do
				recipe_key "$key_depend" || exit 1
			done
		} | sha256sum | cut -c 1-16
	)
}

# hash_tree PATH: names, modes and contents below it.
hash_tree() {
	(cd "$1" && find . -type f | LC_ALL=C sort | while read -r hash_file; do
		[ -x "$hash_file" ] && printf 'x '
		printf '%s %s\n' "$(sha256 "$hash_file")" "$hash_file"
	done)
}

# recipe_output NAME: where its output lies, or will.
recipe_output() {
	echo "$cache/built/$1-$(recipe_key "$1")"
}

# recipe_need NAME...: builds what is missing, dependencies first.
recipe_need() {
	for need_name; do
		# A key names its dependencies' keys: what is there is complete.
		need_out=$(recipe_output "$need_name") || exit 1
		[ -d "$need_out" ] && continue
		# A subshell keeps this loop's variables from the inner call. Without
		# "||": the shell would ignore set -e in all that is called from it.
		# shellcheck disable=SC2046
		(recipe_need $(recipe_field "$need_name" depends))
		recipe_make "$need_name"
	done
}

# recipe_make NAME: builds in a work folder, renames when whole. A second
# build.sh that wants the same component waits here and then finds it done.
recipe_make() {
	recipe_read "$1"
	make_out=$(recipe_output "$1")
	mkdir -p "$cache/built" "$cache/lock" 2>/dev/null ||
		die "cannot write to the cache $cache"
	exec 8> "$cache/lock/$1"
	flock 8
	if [ ! -d "$make_out" ]; then
		for make_source in $recipe_source; do fetch source "$make_source"; done
		# shellcheck disable=SC2086
		fetch_many $recipe_binary
		for make_binary in $recipe_binary; do fetch binary "$make_binary"; done
		say "Building $1"
		step "build-$1" recipe_run "$1" "$work/recipe"
		mv "$work/recipe/out" "$make_out"
		rm -rf "$work/recipe"
	fi
	exec 8>&-
}

# recipe_run NAME FOLDER: unpacks, builds into FOLDER/out.
recipe_run() {
	rm -rf "$2"
	mkdir -p "$2/src" "$2/dep" "$2/obj" "$2/out/licence"
	for run_name in $(recipe_closure "$1"); do
		ln -s "$(recipe_output "$run_name")" "$2/dep/$run_name"
	done
	for run_source in $recipe_source; do unpack_source "$run_source" "$2"; done
	for run_binary in $recipe_binary; do unpack_binary "$run_binary" "$2"; done
	cd "$2/obj"
	env -i PATH="$PATH" ${CCACHE_DIR:+CCACHE_DIR="$CCACHE_DIR"} \
		SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" JOBS="$(nproc)" \
		SRC="$2/src" DEP="$2/dep" OUT="$2/out" HERE="$packages/$1" TOP="$top" \
		sh -eu -c "depends= ; . '$top/rootfs/build/environment.sh'
			. '$packages/$1/recipe'
			case \" \$depends \" in *\" musl \"*) environment_target ;; esac
			build"
	chmod -R u+w,go-w "$2/out"
}

# recipe_closure NAME: its dependencies and theirs.
recipe_closure() {
	for closure_name in $(recipe_field "$1" depends); do
		echo "$closure_name"
		(recipe_closure "$closure_name")
	done | sort -u
}

# unpack_source PACKAGE FOLDER: with Debian's patches, and its copyright file.
unpack_source() {
	unpack_dsc=$(lock_lines source "$1" | awk '$5 ~ /\.dsc$/ { print $5 }')
	dpkg-source --no-check -x "$cache/sources/$unpack_dsc" "$2/src/$1"
	mkdir -p "$2/out/licence/$1"
	# Most have debian/copyright; some a template, or one per package.
	for unpack_file in "$2/src/$1"/debian/copyright "$2/src/$1"/debian/copyright.in \
		"$2/src/$1"/debian/*.copyright; do
		[ -f "$unpack_file" ] || continue
		cp "$unpack_file" "$2/out/licence/$1/copyright"
		return
	done
	echo "$1 has no copyright file"
	return 1
}

# unpack_binary PACKAGE FOLDER: or the package as it is, where the recipe says so.
unpack_binary() {
	unpack_deb=$(lock_lines binary "$1" | cut -d ' ' -f 5)
	if [ -n "$recipe_packed" ]; then
		cp "$cache/sources/$unpack_deb" "$2/src/${1%%:*}.deb"
		return
	fi
	mkdir -p "$2/src/$1" "$2/out/licence/$1"
	dpkg-deb -x "$cache/sources/$unpack_deb" "$2/src/$1"
	unpack_doc=$2/src/$1/usr/share/doc/${1%%:*}
	# Of some it is in another package; then the recipe says it.
	if [ -e "$unpack_doc/copyright" ] || [ -z "$recipe_licence" ]; then
		cp -L "$unpack_doc/copyright" "$2/out/licence/$1/copyright"
	else
		echo "License: $recipe_licence" > "$2/out/licence/$1/copyright"
	fi
}
