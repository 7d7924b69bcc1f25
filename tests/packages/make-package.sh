#!/bin/bash
# Makes a small Debian source package with everything that a release of GNU's shape generates: configure and its m4 files, a
# parser (bison), a catalogue of messages (gettext), an info page (texinfo) and a manual page (help2man). Upstream's
# repository has a signed tag, the tarball is from `make dist`, and debian/ has the keyring and what `tarvet debian
# --import` writes.
#
#     make-package.sh [--stale] DIRECTORY
#
# --stale   the build makes nothing anew beyond what debhelper does: debian/clean is left out
#
# Leaves DIRECTORY/tale-1.0/ (the source tree), tale_1.0.orig.tar.xz, its signature and tale_1.0-1.dsc; in
# DIRECTORY/upstream the repository, in DIRECTORY/gnupg the signer.
set -euo pipefail

stale=
if [ "$1" = --stale ]; then
    stale=yes
    shift
fi
mkdir -p "$1"
cd "$1"
top=$PWD
tree=$top/tale-1.0

# Nothing of the caller's configuration counts.
export HOME=$top GNUPGHOME=$top/gnupg GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C.UTF-8
export GIT_AUTHOR_NAME=Alice GIT_AUTHOR_EMAIL=alice@example.org
export GIT_COMMITTER_NAME=Alice GIT_COMMITTER_EMAIL=alice@example.org
umask 022

signer() {
    mkdir -m 700 "$GNUPGHOME"
    gpg --quiet --batch --passphrase '' --quick-generate-key 'Alice <alice@example.org>' ed25519 sign never
}

# What upstream writes by hand.
repository() {
    mkdir -p upstream/{src,po,doc,man}
    cd upstream
    cat > configure.ac <<'END'
AC_INIT([tale], [1.0], [alice@example.org])
AC_CONFIG_SRCDIR([src/grammar.y])
AC_CONFIG_AUX_DIR([build-aux])
AC_CONFIG_MACRO_DIR([m4])
AC_CONFIG_HEADERS([config.h])
AM_INIT_AUTOMAKE([foreign dist-xz no-dist-gzip])
AC_PROG_CC
AC_PROG_YACC
AC_CHECK_PROGS([HELP2MAN], [help2man], [false])
AM_GNU_GETTEXT_VERSION([0.21])
AM_GNU_GETTEXT([external])
AC_CONFIG_FILES([Makefile src/Makefile po/Makefile.in doc/Makefile man/Makefile])
AC_OUTPUT
END
    cat > Makefile.am <<'END'
SUBDIRS = src po doc man
ACLOCAL_AMFLAGS = -I m4
END
    cat > src/Makefile.am <<'END'
bin_PROGRAMS = tale
tale_SOURCES = main.c grammar.y
AM_YFLAGS = -d
AM_CPPFLAGS = -DLOCALEDIR='"$(localedir)"'
LDADD = $(LIBINTL)
END
    cat > src/grammar.y <<'END'
%{
#include <stdio.h>
int yylex (void);
void yyerror (const char *message);
%}
%token WORD
%%
tale : %empty | tale WORD ;
%%
int
yylex (void)
{
  int c = getchar ();
  return c == EOF ? 0 : WORD;
}

void
yyerror (const char *message)
{
  fputs (message, stderr);
}
END
    cat > src/main.c <<'END'
#include "config.h"
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

int yyparse (void);

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (PACKAGE, LOCALEDIR);
  textdomain (PACKAGE);
  if (argc > 1 && strcmp (argv[1], "--version") == 0)
    puts ("tale " VERSION);
  else if (argc > 1)
    puts (gettext ("Usage: tale [--help] [--version]\n\nReads a tale from standard input."));
  else
    return yyparse ();
  return 0;
}
END
    cat > po/Makevars <<'END'
DOMAIN = $(PACKAGE)
subdir = po
top_builddir = ..
XGETTEXT_OPTIONS = --keyword=gettext
COPYRIGHT_HOLDER = Alice
PACKAGE_GNU = no
MSGID_BUGS_ADDRESS = alice@example.org
EXTRA_LOCALE_CATEGORIES =
USE_MSGCTXT = no
MSGMERGE_OPTIONS =
MSGINIT_OPTIONS =
PO_DEPENDS_ON_POT = no
DIST_DEPENDS_ON_UPDATE_PO = no
END
    echo src/main.c > po/POTFILES.in
    echo de > po/LINGUAS
    cat > po/de.po <<'END'
msgid ""
msgstr ""
"Project-Id-Version: tale 1.0\n"
"Report-Msgid-Bugs-To: alice@example.org\n"
"Language: de\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"

#: src/main.c:18
msgid ""
"Usage: tale [--help] [--version]\n"
"\n"
"Reads a tale from standard input."
msgstr ""
"Aufruf: tale [--help] [--version]\n"
"\n"
"Liest eine Geschichte von der Standardeingabe."
END
    echo 'info_TEXINFOS = tale.texi' > doc/Makefile.am
    cat > doc/tale.texi <<'END'
\input texinfo
@setfilename tale.info
@include version.texi
@settitle tale @value{VERSION}
@dircategory Games
@direntry
* tale: (tale).  Reads a tale.
@end direntry
@node Top
@top tale
tale reads a tale, and has nothing to say about it.
@bye
END
    cat > man/Makefile.am <<'END'
dist_man_MANS = tale.1
tale.1: $(top_srcdir)/configure.ac $(top_srcdir)/src/main.c
	$(MAKE) -C $(top_builddir)/src tale
	$(HELP2MAN) --no-info --name='reads a tale' --output=$@ $(top_builddir)/src/tale
END
    echo 'Be it known that anyone may do with this what they like.' > COPYING
    git init -q -b main .
    git add .
    git commit -q -m 'A tale'
    git -c "user.signingkey=alice@example.org" tag -s -m 'tale 1.0' v1.0
    cd ..
}

# The release, made in a clone as upstream would make it.
release() {
    git clone -q upstream release
    cd release
    autoreconf --force --install
    ./configure
    make
    make dist
    cd ..
    cp release/tale-1.0.tar.xz tale_1.0.orig.tar.xz
    rm -rf release
}

# debian/, without proof and settings.
packaging() {
    mkdir -p "$tree/debian"/{source,upstream}
    cd "$tree/debian"
    cat > changelog <<'END'
tale (1.0-1) unstable; urgency=medium

  * A release. (Closes: #1)

 -- Maja <maja@example.org>  Sat, 21 Nov 2026 12:00:00 +0000
END
    cat > control <<'END'
Source: tale
Section: games
Priority: optional
Maintainer: Maja <maja@example.org>
Build-Depends: autopoint, bison, debhelper-compat (= 13), gettext, help2man, texinfo
Standards-Version: 4.6.2
Rules-Requires-Root: no

Package: tale
Architecture: any
Depends: ${misc:Depends}, ${shlibs:Depends}
Description: reads a tale
 It has nothing to say about it.

Package: tale-doc
Architecture: all
Section: doc
Depends: ${misc:Depends}
Multi-Arch: foreign
Description: reads a tale - documentation
 It has nothing to say about it, and this is what it says.
END
    cat > copyright <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2026 Alice
License: any
 Be it known that anyone may do with this what they like.
END
    printf '#!/usr/bin/make -f\n\n%%:\n\tdh $@\n' > rules
    chmod +x rules
    printf 'usr/bin\nusr/share/locale\nusr/share/man\n' > tale.install
    echo usr/share/info/tale.info > tale-doc.install
    echo '3.0 (quilt)' > source/format
    gpg --quiet --armor --export alice@example.org > upstream/signing-key.asc
    if [ -z "$stale" ]; then
        # What neither autoreconf nor make makes anew while it is there.
        cat > clean <<'END'
doc/stamp-vti
doc/tale.info
doc/version.texi
man/tale.1
po/*.gmo
po/stamp-po
po/tale.pot
src/grammar.c
src/grammar.h
END
    fi
    cd "$top"
}

if [ ! -e tale_1.0.orig.tar.xz ]; then
    signer
    repository
    release > release.log 2>&1 || { cat release.log >&2; exit 1; }
    gpg --quiet --armor --detach-sign --output tale_1.0.orig.tar.xz.asc tale_1.0.orig.tar.xz
fi
rm -rf "$tree"
tar -xJf tale_1.0.orig.tar.xz
packaging
# Status 1 or 3 is for the caller to judge: then the proof is there too.
status=0
tarvet debian "$tree" --import --git "$top/upstream" > import.log 2>&1 || status=$?
case $status in 0 | 1 | 3) ;; *) cat import.log >&2; exit 1 ;; esac
dpkg-source -b "$tree" > source.log 2>&1 || { cat source.log >&2; exit 1; }
gpgconf --kill all
