#!/usr/bin/perl
# debhelper sequence add-on: is the source that is built upstream's, and which generated files go out as they came?
use warnings;
use strict;
use Debian::Debhelper::Dh_Lib;

# Before anything of the tree is changed; then when the packages' directories are filled.
insert_before('dh_update_autotools_config', 'dh_tarvet');
insert_after('dh_missing', 'dh_tarvet_rebuilt');

1
