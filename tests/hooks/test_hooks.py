"""Plays the callers of the hooks in rpm/: OBS, osc, mock, Koji and rpmbuild.

    python3 tests/hooks/test_hooks.py

A script stands in for tarvet: it notes its arguments and ends with the status that the case wants. The koji library is used
where it is, and a stand-in elsewhere; rpm is used where it is, and TARVET_REQUIRE_ORACLES=1 says that it must be.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import types
import unittest
import xml.etree.ElementTree

import stand_in_koji

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RPM = os.path.join(ROOT, "rpm")
REQUIRED = os.environ.get("TARVET_REQUIRE_ORACLES") == "1"
STAND_IN = """#!/bin/sh
printf '%s\\n' "$@" >>"$PLACE/arguments"
for argument; do
    case $argument in --output=*) echo report >"${argument#--output=}" ;; esac
done
echo "what tarvet says"
exit "$(cat "$PLACE/status")"
"""


class Case(unittest.TestCase):
    """A place with a package directory and the stand-in."""

    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        self.package = os.path.join(self.place, "package")
        os.mkdir(self.package)
        self.write("package/hello.spec", "Name: hello\n")
        self.tarvet = self.write("tarvet", STAND_IN)
        os.chmod(self.tarvet, 0o755)
        os.environ["PLACE"] = self.place
        self.verdict(0)

    def write(self, name, text):
        path = os.path.join(self.place, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def verdict(self, status):
        self.write("status", str(status))

    def arguments(self):
        try:
            with open(os.path.join(self.place, "arguments"), encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return None

    def call(self, *arguments, tarvet=None):
        environment = dict(os.environ, TARVET=tarvet or self.tarvet)
        done = subprocess.run(
            arguments, cwd=self.package, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout


class Validator(Case):
    PROGRAM = os.path.join(RPM, "obs", "26-tarvet")

    def test_verdicts(self):
        for status, expected, start in [
            (0, 0, ""),
            (1, 2, "ERROR: "),
            (2, 2, "ERROR: "),
            (3, 0, "Warning: "),
            (139, 2, "ERROR: "),
        ]:
            self.verdict(status)
            found, said = self.call(self.PROGRAM, "--batchmode")
            self.assertEqual(found, expected, status)
            self.assertTrue(said.startswith(start), said)
            self.assertEqual("what tarvet says" in said, status != 0)

    def test_directory(self):
        for arguments in [[], ["--verbose", "--batchmode"], ["--batchmode", self.package, "/nowhere"]]:
            self.assertEqual(self.call(self.PROGRAM, *arguments)[0], 0)
            self.assertEqual(self.arguments()[-1], self.package)

    def test_nothing_to_judge(self):
        os.remove(os.path.join(self.package, "hello.spec"))
        self.verdict(2)
        self.assertEqual(self.call(self.PROGRAM, "--batchmode"), (0, ""))
        self.assertIsNone(self.arguments())

    def test_no_tarvet(self):
        self.assertEqual(self.call(self.PROGRAM, tarvet="/nowhere/tarvet")[0], 2)


class Service(Case):
    PROGRAM = os.path.join(RPM, "obs", "tarvet")

    def test_verdicts(self):
        for status, extra, expected in [
            (0, [], 0),
            (1, [], 1),
            (2, [], 1),
            (3, [], 1),
            (3, ["--fail-on", "rejected"], 0),
            (1, ["--fail-on", "rejected"], 1),
        ]:
            self.verdict(status)
            found, _ = self.call(self.PROGRAM, *extra, "--outdir", self.place)
            self.assertEqual(found, expected, (status, extra))

    def test_parameters(self):
        parameters = ["--file", "hello.spec", "--url", "https://example.org/x.git", "--tag", "v1 --git=x"]
        parameters += ["--keyring", "a", "--keyring", "b", "--outdir", "/x"]
        self.assertEqual(self.call(self.PROGRAM, *parameters)[0], 0)
        expected = ["rpm", "--format=text", "--git=https://example.org/x.git", "--tag=v1 --git=x"]
        self.assertEqual(self.arguments(), expected + ["--keyring=a", "--keyring=b", "./hello.spec"])

    def test_refused(self):
        for parameters in [
            ["--file", "../x.spec"],
            ["--file", ""],
            ["--url", "ext::sh -c id"],
            ["--unknown", "x"],
            ["--fail-on", "never"],
            ["--tag"],
        ]:
            self.assertEqual(self.call(self.PROGRAM, *parameters)[0], 1, parameters)
        self.assertIsNone(self.arguments())

    def test_description_lists_what_the_program_takes(self):
        tree = xml.etree.ElementTree.parse(os.path.join(RPM, "obs", "tarvet.service"))
        self.assertEqual(tree.getroot().get("name"), "tarvet")
        good = {"file": "hello.spec", "url": "https://x", "fail-on": "rejected"}
        for parameter in tree.getroot().iter("parameter"):
            name = parameter.get("name")
            value = good.get(name, "x")
            self.assertEqual(self.call(self.PROGRAM, "--" + name, value)[0], 0, name)


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Mock(Case):
    def setUp(self):
        super().setUp()
        self.errors = type("PkgError", (Exception,), {})
        self.logged = []
        log = types.SimpleNamespace(info=self.note, warning=self.note)
        modules = {
            "mockbuild": types.ModuleType("mockbuild"),
            "mockbuild.exception": types.SimpleNamespace(PkgError=self.errors),
            "mockbuild.trace_decorator": types.SimpleNamespace(getLog=lambda: log),
        }
        sys.modules.update(modules)
        self.addCleanup(lambda: [sys.modules.pop(name) for name in modules])
        self.hooks = {}
        self.results = os.path.join(self.place, "result")
        os.mkdir(self.results)
        self.spec = self.write("root/SPECS/hello.spec", "Name: hello\n")
        self.sources = os.path.dirname(self.write("root/SOURCES/hello.tar.gz", "x"))

    def note(self, *words):
        self.logged.append(words)

    def hook(self, **conf):
        module = load(os.path.join(RPM, "mock", "tarvet.py"), "mock_tarvet")
        self.assertEqual((module.requires_api_version, module.run_in_bootstrap), ("1.1", False))
        plugins = types.SimpleNamespace(add_hook=self.hooks.__setitem__)
        buildroot = types.SimpleNamespace(resultdir=self.results)
        module.init(plugins, dict(conf, command=conf.get("command", self.tarvet)), buildroot)
        return self.hooks["pre_srpm_build"]

    def test_verdicts(self):
        for status, conf, fails in [
            (0, {}, False),
            (1, {}, True),
            (2, {}, True),
            (3, {}, False),
            (3, {"fail_on": "undetermined"}, True),
            (0, {"command": "/nowhere"}, True),
        ]:
            self.verdict(status)
            hook = self.hook(**conf)
            for sources in [self.sources, os.path.join(self.sources, "hello.tar.gz"), None]:
                if fails:
                    self.assertRaises(self.errors, hook, self.spec, sources)
                else:
                    hook(self.spec, sources)
        self.assertEqual(os.listdir(self.results), ["tarvet.log"])

    def test_settings(self):
        self.assertRaises(self.errors, self.hook, fail_on="never")
        self.hook(options=["--keyring=x"])(self.spec, None)
        self.assertIn("--keyring=x", self.arguments())

    def test_gathered(self):
        self.write("root/SOURCES/hello.spec", "another")
        os.mkfifo(os.path.join(self.sources, "fifo"))
        os.symlink("hello.tar.gz", os.path.join(self.sources, "link"))
        module = load(os.path.join(RPM, "mock", "tarvet.py"), "mock_tarvet")
        together = os.path.join(self.place, "together")
        os.mkdir(together)
        module.gather(self.spec, self.sources, together)
        self.assertEqual(sorted(os.listdir(together)), ["hello.spec", "hello.tar.gz", "link"])
        with open(os.path.join(together, "hello.spec"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "Name: hello\n")


class Koji(Case):
    def setUp(self):
        super().setUp()
        try:
            import koji
            import koji.plugin
        except ImportError:
            koji = stand_in_koji.install()
        self.koji = koji
        self.uploads = []
        # The library's own loader registers the callback, as kojid has it done.
        sys.modules.pop("_koji_plugin__tarvet", None)
        tracker = koji.plugin.PluginTracker(path=os.path.join(RPM, "koji"))
        self.plugin = tracker.load("tarvet")
        self.callbacks = koji.plugin.callbacks
        self.addCleanup(self.callbacks["postSCMCheckout"].clear)
        self.callbacks["postSCMCheckout"].clear()
        koji.plugin.register_callback("postSCMCheckout", self.plugin.check_sources)
        self.settings("")

    def settings(self, more):
        self.plugin.CONFIG_FILE = self.write("tarvet.conf", "[tarvet]\ncommand = %s\n%s" % (self.tarvet, more))
        os.chmod(self.plugin.CONFIG_FILE, 0o600)

    def upload(self, path, place):
        self.assertTrue(os.path.exists(path))
        self.uploads.append((os.path.basename(path), place))

    def run_callbacks(self, method="buildSRPMFromSCM"):
        session = types.SimpleNamespace(uploadWrapper=self.upload)
        self.koji.plugin.run_callbacks(
            "postSCMCheckout",
            scminfo={},
            build_tag={},
            scratch=False,
            srcdir=self.package,
            buildroot=None,
            taskinfo={"id": 4711, "method": method},
            session=session,
        )

    def test_loaded_with_its_callback(self):
        self.assertEqual(self.plugin.check_sources.callbacks, ("postSCMCheckout",))

    def test_verdicts(self):
        for status, more, fails in [
            (0, "", False),
            (1, "", True),
            (2, "", True),
            (3, "", False),
            (3, "fail_on = undetermined\n", True),
            (0, "fail_on = never\n", True),
            (0, "command = /nowhere\n", True),
        ]:
            self.verdict(status)
            if more.startswith("command"):
                self.plugin.CONFIG_FILE = self.write("tarvet.conf", "[tarvet]\n" + more)
            else:
                self.settings(more)
            if fails:
                with self.assertRaises(self.koji.CallbackError, msg=(status, more)):
                    self.run_callbacks()
            else:
                self.run_callbacks()
        self.assertIn(("tarvet.json", self.koji.pathinfo.taskrelpath(4711)), self.uploads)

    def test_other_tasks(self):
        self.verdict(1)
        self.run_callbacks(method="maven")
        self.assertIsNone(self.arguments())


class Macro(Case):
    def test_expansion(self):
        if not shutil.which("rpm"):
            self.assertFalse(REQUIRED, "rpm is required")
            self.skipTest("rpm is not here")
        arguments = ["rpm", "--load", os.path.join(RPM, "macros.tarvet"), "--define", "_bindir /usr/bin"]
        found, said = self.call(*arguments, "--eval", "%{tarvet_verify} --proof=x y")
        self.assertEqual((found, said), (0, "/usr/bin/tarvet check --proof=x y\n"))

    def test_a_build(self):
        if not shutil.which("rpmbuild"):
            self.assertFalse(REQUIRED, "rpmbuild is required")
            self.skipTest("rpmbuild is not here")
        self.write("package/hello.tar.gz", "x")
        spec = "Name: hello\nVersion: 1\nRelease: 1\nSummary: x\nLicense: MIT\nSource0: hello.tar.gz\n"
        spec += "%description\nx\n%prep\n%{tarvet_verify} --proof=x '%{SOURCE0}'\n"
        self.write("package/hello.spec", spec)
        defines = {"_bindir": self.place, "_topdir": self.place, "_sourcedir": self.package}
        arguments = ["rpmbuild", "--load", os.path.join(RPM, "macros.tarvet")]
        for name, value in defines.items():
            arguments += ["--define", "%s %s" % (name, value)]
        for status, good in [(0, True), (1, False), (3, False)]:
            self.verdict(status)
            found, _ = self.call(*arguments, "-bp", "hello.spec")
            self.assertEqual(found == 0, good, status)
        self.assertEqual(self.arguments()[:3], ["check", "--proof=x", self.package + "/hello.tar.gz"])


if __name__ == "__main__":
    unittest.main()
