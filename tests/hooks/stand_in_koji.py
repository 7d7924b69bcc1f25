"""What the plugin uses of the koji library, for machines without it: as koji/plugin.py of 1.36 does it."""

import configparser
import importlib.util
import os
import sys
import types


class GenericError(Exception):
    """Anything that goes wrong in Koji."""


class BuildError(GenericError):
    """A build fails."""


class CallbackError(GenericError):
    """A callback raised something."""


class PluginTracker:
    """Loads plugins from a directory."""

    def __init__(self, path):
        self.path = path

    def load(self, name):
        """The plugin as the module _koji_plugin__NAME."""
        place = os.path.join(self.path, name + ".py")
        spec = importlib.util.spec_from_file_location("_koji_plugin__" + name, place)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def callback(*names):
    """Notes on the function which callbacks it is for."""

    def note(function):
        function.callbacks = names
        return function

    return note


CALLBACKS = {"postSCMCheckout": []}


def register_callback(name, function):
    """Has the function called."""
    CALLBACKS[name].append(function)


def run_callbacks(name, *args, **kwargs):
    """Calls what is registered; whatever it raises ends the task."""
    for function in CALLBACKS[name]:
        try:
            function(name, *args, **kwargs)
        except Exception as error:
            raise CallbackError("Error running %s callback: %s" % (name, error)) from error


def read_config_files(path):
    """The settings of a file."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(path)
    return config


def install():
    """Puts the stand-in in the library's place."""
    koji = types.ModuleType("koji")
    koji.plugin = types.ModuleType("koji.plugin")
    for thing in (GenericError, BuildError, CallbackError, read_config_files):
        setattr(koji, thing.__name__, thing)
    koji.pathinfo = types.SimpleNamespace(taskrelpath=lambda task: "tasks/%i/%i" % (task % 10000, task))
    for thing in (PluginTracker, callback, register_callback, run_callbacks):
        setattr(koji.plugin, thing.__name__, thing)
    koji.plugin.callbacks = CALLBACKS
    sys.modules.update({"koji": koji, "koji.plugin": koji.plugin})
    return koji
