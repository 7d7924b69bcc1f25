"""Koji builder plugin: judges what is checked out of dist-git before an SRPM is made of it.

Goes to /usr/lib/koji-builder-plugins/tarvet.py, is enabled by `plugin = tarvet` in /etc/kojid/kojid.conf, and reads
/etc/kojid/plugins/tarvet.conf:

    [tarvet]
    command = /usr/bin/tarvet
    # More options of `tarvet rpm`, separated by blanks.
    options = --keyring=/etc/tarvet/keyring.asc
    # Or undetermined. At this point the tarball is not there yet, only spec, patches, keys, proofs and digests.
    fail_on = rejected

The report is tarvet.json among the files of the task.
"""

import os
import subprocess
import tempfile

import koji
from koji.plugin import callback

CONFIG_FILE = "/etc/kojid/plugins/tarvet.conf"
VERDICTS = {0: "verified", 1: "rejected", 3: "undetermined"}
# Characters of the report in the message of a failed task.
LONGEST_MESSAGE = 4000


@callback("postSCMCheckout")
def check_sources(cbtype, *args, **kwargs):
    """Fails the task where the checkout is not good enough."""
    taskinfo = kwargs["taskinfo"]
    if taskinfo["method"] != "buildSRPMFromSCM":
        return
    settings = read_settings(CONFIG_FILE)
    with tempfile.TemporaryDirectory(prefix="tarvet-") as place:
        report = os.path.join(place, "tarvet.json")
        status, said = run(settings, kwargs["srcdir"], "--format=json", "--output=" + report)
        if os.path.exists(report):
            kwargs["session"].uploadWrapper(report, koji.pathinfo.taskrelpath(taskinfo["id"]))
    verdict = VERDICTS.get(status)
    if verdict is None:
        raise koji.BuildError("tarvet could not judge the sources (status %s):\n%s" % (status, said))
    if verdict == "rejected" or (verdict == "undetermined" and settings["fail_on"] == "undetermined"):
        _, said = run(settings, kwargs["srcdir"], "--format=text")
        raise koji.BuildError("tarvet: the sources are %s:\n%s" % (verdict, said))


def read_settings(path):
    """The settings, with what holds where the file or a setting is missing."""
    settings = {"command": "/usr/bin/tarvet", "options": "", "fail_on": "rejected"}
    if os.path.exists(path):
        config = koji.read_config_files(path)
        for name in settings:
            if config.has_option("tarvet", name):
                settings[name] = config.get("tarvet", name)
    if settings["fail_on"] not in ("rejected", "undetermined"):
        raise koji.GenericError("%s: fail_on must be rejected or undetermined" % path)
    return settings


def run(settings, srcdir, *options):
    """Status and words of one run of tarvet; it runs nothing of the checkout."""
    arguments = [settings["command"], "rpm", *options, *settings["options"].split(), os.path.abspath(srcdir)]
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        return "none", str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")[:LONGEST_MESSAGE]
