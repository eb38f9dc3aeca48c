"""The image: pinned, without root, without secrets, with nothing in it that was not named."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()
IGNORE = (ROOT / "docker" / "Dockerfile.dockerignore").read_text().splitlines()


def instructions():
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


def arguments(name):
    return [value for instruction, value in instructions() if instruction == name]


def test_every_base_image_has_a_version_and_none_is_latest():
    for value in arguments("FROM"):
        image = value.split()[0]

        assert re.fullmatch(r"[a-z/]+:\d[\w.-]+", image), image
        assert "latest" not in image


def test_the_last_user_is_not_root_and_comes_before_the_entry_point():
    names = [instruction for instruction, _ in instructions()]

    assert arguments("USER")[-1] not in {"root", "0"}
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert all(name not in {"RUN", "COPY"} for name in names[names.index("USER") :])


def test_nothing_is_fetched_but_locked_wheels():
    assert arguments("ADD") == []
    assert not re.search(r"\b(curl|wget|git clone|apt-get|apk)\b", DOCKERFILE)
    for value in arguments("RUN"):
        if "pip download" in value:
            assert "--require-hashes" in value
            assert "--only-binary :all:" in value
        if "pip install" in value:
            assert "--no-index" in value


def test_no_secret_is_in_an_instruction():
    for _, value in instructions():
        assert not re.search(r"(?i)(secret_key|password|token|_key)\s*=", value), value


def test_there_is_a_health_check_and_an_exec_form_entry_point():
    assert arguments("HEALTHCHECK")
    assert arguments("ENTRYPOINT") == ['["python", "/app/docker/entry.py"]']
    assert arguments("CMD")[-1] == '["web"]'


def test_everything_is_left_out_but_what_is_named():
    rules = [line for line in IGNORE if line and not line.startswith("#")]
    wanted = {line.removeprefix("!") for line in rules if line.startswith("!")}

    assert rules[0] == "*"
    for name in (
        ".git",
        ".env",
        ".local",
        "docker",
        "docker/secrets",
        "tests",
        "requirements-dev.txt",
    ):
        assert name not in wanted


def test_every_package_of_the_suite_enters_the_image():
    ours = {
        name for app in settings.INSTALLED_APPS if (ROOT / (name := app.split(".")[0])).is_dir()
    }
    missing = sorted(name for name in ours | {"config"} if f"!{name}" not in IGNORE)

    assert not missing, f"add to docker/Dockerfile.dockerignore: {missing}"


@pytest.mark.parametrize("line", [line[1:] for line in IGNORE if line.startswith("!")])
def test_what_is_named_exists(line):
    if line == "locale":  # appears with the first translation
        return

    assert (ROOT / line).exists(), line
