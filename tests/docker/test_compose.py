"""The composition: hardened, bounded, reachable through the proxy alone, secrets in files."""

import re
import shutil
import subprocess
from ipaddress import ip_interface
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docker" / "compose.yaml"
COMPOSE = yaml.safe_load(PATH.read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()
ONCE = {"provision", "migrate"}

each_service = pytest.mark.parametrize(
    "service", [pytest.param(service, id=name) for name, service in SERVICES.items()]
)


def test_every_process_of_the_suite_is_there():
    wanted = {"proxy", "web", "pdp", "worker", "keeper", "database", "broker"} | ONCE

    assert set(SERVICES) == wanted


@each_service
def test_a_service_can_do_no_more_than_it_must(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service["user"].startswith(("0", "root"))


@each_service
def test_a_service_is_bounded(service):
    limits = service["deploy"]["resources"]["limits"]

    assert set(limits) == {"cpus", "memory", "pids"}
    assert service["restart"]


@each_service
def test_an_image_has_a_version(service):
    assert re.fullmatch(r"[a-z/]+:\d[\w.-]*", service["image"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_a_lasting_service_says_whether_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_only_the_proxy_is_reachable_and_by_default_from_this_machine_alone():
    published = {name for name, service in SERVICES.items() if "ports" in service}

    assert published == {"proxy"}
    assert all(
        port.startswith("${SAMMATI_BIND:-127.0.0.1}:") for port in SERVICES["proxy"]["ports"]
    )


def test_the_stores_have_no_way_out():
    assert COMPOSE["networks"]["back"] == {"internal": True}
    for name in ("database", "broker", "migrate", "provision"):
        assert SERVICES[name]["networks"] == ["back"]
    assert "back" not in SERVICES["proxy"]["networks"]


@pytest.mark.req("AUD-02")
def test_the_proxy_alone_is_believed_about_addresses():
    believed = COMPOSE["x-settings"]["SAMMATI_PROXIES"]
    (front,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    address, network, given = (
        ip_interface(re.sub(r"\$\{SAMMATI_FRONT:-([\d.]+)\}", r"\1", text))
        for text in (believed, front["subnet"], front["ip_range"])
    )

    assert SERVICES["proxy"]["networks"] == {"front": {"ipv4_address": believed}}
    assert address.ip in network.network
    assert address.ip not in given.network  # which others are given addresses of
    assert given.network.subnet_of(network.network)


@each_service
def test_no_secret_is_in_the_environment(service):
    for name, value in service.get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|_KEYS|DATABASE|REDIS", name):
            assert name.endswith("_FILE")
            assert value.startswith("/run/secrets/")
            assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_every_secret_is_a_file_and_is_used():
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}

    assert used == set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}


def test_the_owner_and_the_superuser_are_known_to_one_job_each():
    def holders(secret):
        return {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}

    assert holders("database_owner_url") == {"migrate"}
    assert holders("database_retention_url") == {"worker", "keeper"}
    assert holders("superuser_password") == {"provision", "database"}


FOLDERS = {name for name in COMPOSE["x-settings"] if name.endswith(("_FOLDER", "_JOURNAL"))}


def folders_of(name):
    """Where a service's volumes are, and whether it may write there."""
    mounted = [volume.split(":") for volume in SERVICES[name].get("volumes", [])]
    return {place: rest != ["ro"] for _, place, *rest in mounted}


@pytest.mark.parametrize("name", ["web", "worker", "keeper"])
@pytest.mark.parametrize("setting", sorted(FOLDERS))
def test_what_processes_share_is_on_a_volume(name, setting):
    wanted = Path(COMPOSE["x-settings"][setting])

    assert any(wanted.is_relative_to(place) for place, writes in folders_of(name).items() if writes)


@pytest.mark.req("ERA-11")
def test_the_decision_point_reads_the_journal_of_erasures_and_no_file_of_people():
    journal = COMPOSE["x-settings"]["SAMMATI_ERASURE_JOURNAL"]

    assert folders_of("pdp") == {journal: False}


def test_the_settings_name_every_folder_that_production_wants():
    read = {
        name
        for name in re.findall(
            r"^(SAMMATI_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE
        )
        if name.endswith(("_FOLDER", "_JOURNAL"))
    }

    assert read == FOLDERS


def test_the_image_has_the_folders_for_the_account_that_writes_there():
    """A volume that is new gets owner and mode of the image's folder."""
    made = re.search(r"install -d -m 0700 -o sammati -g sammati ([^\n]+)", DOCKERFILE).group(1)

    assert set(made.split()) == set(folders_of("web"))


def test_processes_wait_for_the_tables():
    for name in ("web", "pdp", "worker", "keeper"):
        waited = SERVICES[name]["depends_on"]["migrate"]
        assert waited == {"condition": "service_completed_successfully"}


def has_compose():
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.skipif(not has_compose(), reason="the docker client has no compose here")
def test_docker_itself_accepts_the_composition():
    line = ["docker", "compose", "-f", str(PATH), "config", "-q"]

    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
