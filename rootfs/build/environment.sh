# The environment of every recipe. A change here builds every component anew.
# SPDX-License-Identifier: MIT

umask 022
export LC_ALL=C TZ=UTC HOME=/nonexistent
export KBUILD_BUILD_USER=socle KBUILD_BUILD_HOST=socle
export KBUILD_BUILD_TIMESTAMP=@$SOURCE_DATE_EPOCH

# environment_target: for what runs in the parent: musl, static, hardened.
environment_target() {
	export CC="$DEP/musl/bin/socle-cc" AR=ar RANLIB=ranlib STRIP=strip
	export CFLAGS="-Os -pipe -fstack-protector-strong -fno-plt -D_FORTIFY_SOURCE=0 -ffile-prefix-map=$PWD=. -ffile-prefix-map=$SRC=src -ffile-prefix-map=$DEP=dep"
	CPPFLAGS=
	LDFLAGS=
	PKG_CONFIG_LIBDIR=
	for name in $depends; do
		[ "$name" = musl ] && continue
		CPPFLAGS="$CPPFLAGS -I$DEP/$name/include"
		LDFLAGS="$LDFLAGS -L$DEP/$name/lib"
		PKG_CONFIG_LIBDIR="$PKG_CONFIG_LIBDIR:$DEP/$name/lib/pkgconfig"
	done
	CPPFLAGS=${CPPFLAGS# } LDFLAGS=${LDFLAGS# }
	PKG_CONFIG_LIBDIR=${PKG_CONFIG_LIBDIR#:}
	export CPPFLAGS LDFLAGS PKG_CONFIG_LIBDIR
	export PKG_CONFIG=pkg-config
}
