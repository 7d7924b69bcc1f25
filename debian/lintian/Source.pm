# tarvet/source -- lintian check: is this upstream's signed source?
package Lintian::Check::Tarvet::Source;

use v5.20;
use warnings;
use utf8;

use IPC::Run3;
use JSON::PP;
use Unicode::UTF8 qw(encode_utf8 valid_utf8 decode_utf8);

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
    my ($output, $errors) = ('', '');
    my @command = ($program, 'debian', encode_utf8($dsc), '--no-overrides', '--format', 'json');
    if (!eval { run3(\@command, \undef, \$output, \$errors); 1 }) {
        $self->hint('tarvet-could-not-run', "$program cannot be run");
        return;
    }
    my ($status, $signal) = ($? >> 8, $? & 127);
    # 0 is verified, 1 rejected, 3 undetermined; each comes with a report.
    if ($signal || ($status != 0 && $status != 1 && $status != 3)) {
        my ($why) = split(/\n/, valid_utf8($errors) ? decode_utf8($errors) : '');
        $self->hint('tarvet-could-not-run', $why // ($signal ? "killed by signal $signal" : "exit status $status"));
        return;
    }
    my $report = eval { JSON::PP->new->utf8->decode($output) };
    if (ref $report ne 'HASH') {
        $self->hint('tarvet-could-not-run', 'no report');
        return;
    }
    my %told;
    for my $part ($report, @{ $report->{tarballs} // [] }) {
        for my $finding (@{ $part->{findings} // [] }) {
            # Two tarballs may have the same to say.
            $self->tell($finding) unless $told{ join("\0", map { $_ // '' } @{$finding}{qw(code path message)}) }++;
        }
    }
    return;
}

# One finding. A path that the package has becomes a pointer; any other is put in brackets just the same.
sub tell {
    my ($self, $finding) = @_;

    my $tag = "tarvet-$finding->{code}";
    my $path = $finding->{path};
    # A tag file of another release of tarvet may not know the code.
    if (!defined $self->profile->get_tag($tag)) {
        $self->hint('tarvet-could-not-run', "lintian does not know the tag $tag");
        return;
    }
    if (!defined $path) {
        $self->hint($tag, $finding->{message});
        return;
    }
    my $item = $self->processable->patched->lookup($path);
    if (defined $item) {
        $self->pointed_hint($tag, $item->pointer, $finding->{message});
    } else {
        $self->hint($tag, $finding->{message}, "[$path]");
    }
    return;
}

1;
