# tarvet/source -- lintian check: is this upstream's signed source?
package Lintian::Check::Tarvet::Source;

use v5.20;
use warnings;
use utf8;

use JSON::PP;
use Path::Tiny;
use Unicode::UTF8 qw(decode_utf8 encode_utf8);

use Lintian::IPC::Run3 qw(safe_qx);

use Moo;
use namespace::clean;

with 'Lintian::Check';

# Runs tarvet on the .dsc and hands its findings on as hints. Nothing is fetched: upstream is what the package's own proof
# shows. Overrides are lintian's business, so tarvet is told to leave them alone.
sub source {
    my ($self) = @_;

    my $dsc = $self->processable->path;
    return unless $dsc =~ /\.dsc\z/;

    my $program = $ENV{LINTIAN_TARVET} // 'tarvet';
    my $output = safe_qx($program, 'debian', encode_utf8($dsc), '--no-overrides', '--format', 'json');
    my $status = $? >> 8;
    if ($? & 127 || $status > 3 || $status == 2) {
        $self->hint('tarvet-could-not-run', $status);
        return;
    }
    my $report = eval { JSON::PP->new->utf8->decode($output) };
    if (!$report) {
        $self->hint('tarvet-could-not-run', 'no report');
        return;
    }
    $self->tell($_) for @{ $report->{findings} };
    for my $tarball (@{ $report->{tarballs} }) {
        $self->tell($_) for @{ $tarball->{findings} };
    }
    return;
}

# One finding. A path that the package has becomes a pointer; any other stays a word.
sub tell {
    my ($self, $finding) = @_;

    my $tag = "tarvet-$finding->{code}";
    my $path = $finding->{path};
    my $item = defined $path ? $self->processable->patched->lookup($path) : undef;
    if ($item) {
        $self->pointed_hint($tag, $item->pointer, $finding->{message});
    } else {
        $self->hint($tag, $finding->{message}, defined $path ? "[$path]" : ());
    }
    return;
}

1;
