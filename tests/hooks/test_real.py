"""The hooks as they are in our packages, with the real tarvet: an honest package passes each, a doctored one none.

tests/packages/rpm.sh calls this. TARVET_INSTALLED is where the packages were unpacked, TARVET_HONEST and TARVET_DOCTORED are
directories with a spec and its sources.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

import stand_in_koji
from test_hooks import load

INSTALLED = os.environ["TARVET_INSTALLED"]
PACKAGES = {True: os.environ["TARVET_HONEST"], False: os.environ["TARVET_DOCTORED"]}
TARVET = os.path.join(INSTALLED, "usr/bin/tarvet")


class Real(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)

    def installed(self, *pattern):
        (path,) = glob.glob(os.path.join(INSTALLED, *pattern), recursive=True)
        return path

    def call(self, directory, *arguments):
        environment = dict(os.environ, TARVET=TARVET)
        return subprocess.run(
            arguments, cwd=directory, env=environment, capture_output=True, text=True, check=False
        )

    def test_validator(self):
        for good, package in PACKAGES.items():
            done = self.call(package, self.installed("usr/lib/obs/service/source_validators/26-tarvet"), "--batchmode")
            self.assertEqual(done.returncode, 0 if good else 2, done.stdout)
            self.assertEqual("ERROR: tarvet rejects" in done.stdout, not good)
            self.assertEqual("m4/build-to-host.m4" in done.stdout, not good)

    def test_service(self):
        for good, package in PACKAGES.items():
            service = self.installed("usr/lib/obs/service/tarvet")
            done = self.call(package, service, "--file", "tarvet.spec", "--outdir", self.place)
            self.assertEqual(done.returncode, 0 if good else 1, done.stdout)
            self.assertEqual(os.listdir(self.place), [])

    def test_mock(self):
        class PkgError(Exception):
            pass

        log = types.SimpleNamespace(info=lambda *words: None, warning=self.fail)
        sys.modules.update(
            {
                "mockbuild": types.ModuleType("mockbuild"),
                "mockbuild.exception": types.SimpleNamespace(PkgError=PkgError),
                "mockbuild.trace_decorator": types.SimpleNamespace(getLog=lambda: log),
            }
        )
        plugin = load(self.installed("usr/**/mockbuild/plugins/tarvet.py"), "mock_tarvet")
        hooks = {}
        plugins = types.SimpleNamespace(add_hook=hooks.__setitem__)
        plugin.init(plugins, {"command": TARVET}, types.SimpleNamespace(resultdir=self.place))
        check = hooks["pre_srpm_build"]
        check(os.path.join(PACKAGES[True], "tarvet.spec"), PACKAGES[True])
        with self.assertRaisesRegex(PkgError, "rejected"):
            check(os.path.join(PACKAGES[False], "tarvet.spec"), PACKAGES[False])
        with open(os.path.join(self.place, "tarvet.log"), encoding="utf-8") as report:
            self.assertIn("m4/build-to-host.m4", report.read())

    def test_koji(self):
        koji = stand_in_koji.install()
        tracker = koji.plugin.PluginTracker(path=self.installed("usr/lib/koji-builder-plugins"))
        plugin = tracker.load("tarvet")
        with open(self.installed("etc/kojid/plugins/tarvet.conf"), encoding="utf-8") as settings:
            text = settings.read().replace("/usr/bin/tarvet", TARVET)
        plugin.CONFIG_FILE = os.path.join(self.place, "tarvet.conf")
        with open(plugin.CONFIG_FILE, "w", encoding="utf-8") as settings:
            settings.write(text)
        koji.plugin.register_callback("postSCMCheckout", plugin.check_sources)
        uploads = []
        session = types.SimpleNamespace(uploadWrapper=lambda *words: uploads.append(words))

        def checkout(package):
            task = {"id": 1, "method": "buildSRPMFromSCM"}
            koji.plugin.run_callbacks("postSCMCheckout", srcdir=package, taskinfo=task, session=session)

        checkout(PACKAGES[True])
        with self.assertRaisesRegex(koji.CallbackError, "m4/build-to-host.m4"):
            checkout(PACKAGES[False])
        self.assertEqual(len(uploads), 2)


if __name__ == "__main__":
    unittest.main()
