"""What the tests need of the system: taken from Debian as root, asked for by name otherwise."""

import subprocess

import pytest

from config.run import browser


@pytest.fixture
def system(monkeypatch, tmp_path):
    """A machine without Chromium and without fonts, and what is asked of its apt-get."""
    asked = []

    def run(command, **_options):
        asked.append(list(command))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(browser.subprocess, "run", run)
    monkeypatch.setattr(browser, "FONTS", tmp_path)
    with_programs(monkeypatch, "apt-get")
    login(monkeypatch, 0)
    return asked


def with_programs(monkeypatch, *names):
    monkeypatch.setattr(browser.shutil, "which", lambda name: name if name in names else None)


def login(monkeypatch, number):
    monkeypatch.setattr(browser.os, "getuid", lambda: number)


def test_root_installs_what_is_missing_and_nothing_else(system, monkeypatch, capsys):
    with_programs(monkeypatch, "apt-get", "chromium")

    assert browser.main() == 0

    assert system[1][-1:] == ["fonts-noto-core"]
    assert "chromium" not in system[1]
    assert "without their letters" in capsys.readouterr().err  # it did not come


def test_where_all_is_there_nothing_is_asked(system, monkeypatch, tmp_path, capsys):
    with_programs(monkeypatch, "apt-get", "chromium")
    (tmp_path / browser.FONT).touch()

    assert browser.main() == 0

    assert system == []
    assert capsys.readouterr().err == ""


def test_an_ordinary_user_is_told_how_to_get_chromium(system, monkeypatch, capsys):
    login(monkeypatch, 1000)

    assert browser.main() == 1

    assert system == []
    assert "apt-get install chromium" in capsys.readouterr().err
