"""mock plugin: judges spec and sources before the SRPM is built from them.

Goes to mockbuild/plugins/tarvet.py. Enabled and set up in /etc/mock/site-defaults.cfg:

    config_opts['plugin_conf']['tarvet_enable'] = True
    config_opts['plugin_conf']['tarvet_opts'] = {
        'command': '/usr/bin/tarvet',
        'options': [],              # more options of `tarvet rpm`, for instance ['--keyring=/etc/tarvet/keyring.asc']
        'fail_on': 'rejected',      # or 'undetermined'
    }

The report is tarvet.log in the result directory.
"""

import os
import shutil
import stat
import subprocess
import tempfile

from mockbuild.exception import PkgError
from mockbuild.trace_decorator import getLog

requires_api_version = "1.1"
run_in_bootstrap = False

VERDICTS = {1: "rejected", 3: "undetermined"}


def init(plugins, conf, buildroot):
    """Called by mock once per chroot."""
    Tarvet(plugins, conf, buildroot)


class Tarvet:
    """The plugin."""

    def __init__(self, plugins, conf, buildroot):
        self.buildroot = buildroot
        self.command = conf.get("command", "/usr/bin/tarvet")
        self.options = list(conf.get("options", []))
        self.fail_on = conf.get("fail_on", "rejected")
        if self.fail_on not in ("rejected", "undetermined"):
            raise PkgError("tarvet: fail_on must be rejected or undetermined, found %r" % self.fail_on)
        plugins.add_hook("pre_srpm_build", self.check)

    def check(self, host_chroot_spec, host_chroot_sources):
        """Fails the build where the sources are not good enough."""
        report = os.path.join(self.buildroot.resultdir, "tarvet.log")
        with tempfile.TemporaryDirectory(dir=self.buildroot.resultdir, prefix=".tarvet-") as together:
            gather(host_chroot_spec, host_chroot_sources, together)
            arguments = [self.command, "rpm", "--format=text", "--output=" + report]
            arguments += self.options + [together]
            try:
                status = subprocess.run(arguments, stdin=subprocess.DEVNULL, check=False).returncode
            except OSError as error:
                raise PkgError("tarvet could not be run: %s" % error) from error
        if status == 0:
            getLog().info("tarvet: verified")
            return
        verdict = VERDICTS.get(status)
        if verdict is None:
            raise PkgError("tarvet could not judge the sources (status %d), see %s" % (status, report))
        if verdict == "undetermined" and self.fail_on == "rejected":
            getLog().warning("tarvet: no proof where the sources are from, see %s", report)
            return
        raise PkgError("tarvet: the sources are %s, see %s" % (verdict, report))


def gather(spec, sources, place):
    """Puts spec and sources side by side, as in a package's directory; links where it can."""
    paths = []
    if sources and os.path.isdir(sources):
        paths += [os.path.join(sources, name) for name in sorted(os.listdir(sources))]
    elif sources:
        paths.append(sources)
    # The spec that is built counts, not a copy among its sources.
    name = os.path.basename(spec)
    for path in [spec] + [path for path in paths if os.path.basename(path) != name]:
        target = os.path.join(place, os.path.basename(path))
        # rpmbuild follows symlinks among the sources, so what they point to is what counts.
        if not stat.S_ISREG(os.stat(path).st_mode):
            continue
        real = os.path.realpath(path)
        try:
            os.link(real, target)
        except OSError:
            shutil.copyfile(real, target)
