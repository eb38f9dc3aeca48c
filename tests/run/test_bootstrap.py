"""The environment: quick the second time, one sentence for each thing that can be missing."""

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest

from config.run import bootstrap


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project folder for the bootstrap to work in."""
    for lock in bootstrap.LOCKS.values():
        (tmp_path / lock).write_text("")
    (tmp_path / ".local" / "logs").mkdir(parents=True)
    monkeypatch.setattr(bootstrap, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / ".local" / "logs" / "bootstrap.log")
    return tmp_path


def said(project, words):
    bootstrap.LOG.write_text(words)
    return bootstrap.explained("could not be filled")


@pytest.mark.slow
def test_makes_an_environment_once(project, capsys):
    assert bootstrap.main("run") == 0
    assert (project / ".venv" / "bin" / "python").exists()
    assert "Installing" in capsys.readouterr().out

    assert bootstrap.main("run") == 0

    assert capsys.readouterr().out == ""


def test_installs_again_when_the_lock_changed(project, monkeypatch):
    asked = []
    monkeypatch.setattr(bootstrap, "make_environment", lambda folder: folder.mkdir(exist_ok=True))
    monkeypatch.setattr(bootstrap, "logged", lambda command: asked.append(command) or 0)
    monkeypatch.setattr(bootstrap, "environment_python", lambda folder: folder)

    bootstrap.main("run")
    bootstrap.main("run")
    (project / "requirements-run.txt").write_text("another==1\n")
    bootstrap.main("run")

    assert len(asked) == 2
    assert all("--require-hashes" in command for command in asked)


def test_the_lock_for_developers_serves_a_run_too(project, monkeypatch):
    monkeypatch.setattr(bootstrap, "make_environment", lambda folder: folder.mkdir(exist_ok=True))
    monkeypatch.setattr(bootstrap, "logged", lambda command: 0)

    bootstrap.main("dev")

    assert json.loads((project / ".venv" / "locks.json").read_text()).keys() == {"run", "dev"}


def test_missing_venv_names_the_debian_package(project, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert bootstrap.main("run") == 1

    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_an_old_python_is_named(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert bootstrap.main("run") == 1

    assert "Python 3.11 or newer is needed and only 3.9 was found" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_gets_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bootstrap, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "file" / ".local" / "x" / "log")
    (tmp_path / "file").write_text("not a folder")

    assert bootstrap.main("run") == 1

    words = capsys.readouterr().err
    assert "cannot be written" in words
    assert words.count("\n") == 1


@pytest.mark.parametrize("name", [".venv", ".local", ".local/logs"])
def test_a_file_in_the_place_of_a_folder_is_named(name, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bootstrap, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / ".local" / "logs" / "bootstrap.log")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("not a folder")

    assert bootstrap.main("run") == 1

    assert capsys.readouterr().err == (
        f"{tmp_path / name} is not a folder; move it away and run make again.\n"
    )


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE", "not the one that the lock"),
        ("Temporary failure in name resolution", "check the network"),
        ("ERROR: No matching distribution found for django", "no version for this Python"),
        ("something nobody has seen", "could not be filled"),
    ],
)
def test_what_pip_says_becomes_one_sentence(project, words, meaning):
    sentence = said(project, f"Collecting django\n{words}\n")

    assert meaning in sentence
    assert "\n" not in sentence


def test_a_missing_compiler_is_named(project, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    sentence = said(project, "ERROR: Failed building wheel for uvloop")

    assert "there is no C compiler" in sentence


def test_a_compiler_that_fails_is_another_matter(project, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/cc")

    sentence = said(project, "ERROR: Failed building wheel for uvloop")

    assert "had to be compiled" in sentence


def test_needs_nothing_but_the_standard_library():
    command = [sys.executable, "-I", "-S", "-c", "import runpy, sys; runpy.run_path(sys.argv[1])"]

    done = subprocess.run([*command, bootstrap.__file__], capture_output=True, check=False)

    assert done.stderr == b""
