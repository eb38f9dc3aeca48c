import pytest
from django.core.management import CommandError, call_command

from keys import checks, services
from keys.models import KeyVersion


class TestAvailability:
    def test_is_quiet_with_keys(self, own_keys):
        assert checks.keys_are_available(None) == []

    def test_names_the_trouble_without_them(self, settings, tmp_path):
        settings.KEYS_FILE = str(tmp_path / "missing.json")

        (found,) = checks.keys_are_available(None)

        assert found.id == "keys.E001"
        assert "ensure_keys" in found.msg


@pytest.mark.usefixtures("unregistered")
class TestBelonging:
    def test_is_quiet_with_the_file_of_this_database(self, own_keys):
        services.register_versions()

        assert checks.keys_belong_to_this_database(None, databases=["default"]) == []

    def test_names_each_key_of_another_file(self, own_keys):
        services.register_versions()
        own_keys.unlink()
        services.ensure_key_file(own_keys)

        found = checks.keys_belong_to_this_database(None, databases=["default"])

        assert {error.id for error in found} == {"keys.E002"}
        assert len(found) == 3

    def test_asks_no_database_when_none_is_to_be_checked(self, own_keys):
        assert checks.keys_belong_to_this_database(None) == []

    def test_leaves_missing_keys_to_the_other_check(self, settings, tmp_path):
        settings.KEYS_FILE = str(tmp_path / "missing.json")

        assert checks.keys_belong_to_this_database(None, databases=["default"]) == []


@pytest.mark.usefixtures("unregistered")
class TestEnsureKeys:
    @pytest.fixture
    def path(self, settings, tmp_path):
        settings.KEYS_FILE = str(tmp_path / "keys.json")
        services.forget()
        yield tmp_path / "keys.json"
        services.forget()

    def test_creates_and_registers(self, path, capsys):
        call_command("ensure_keys")

        assert path.exists()
        assert KeyVersion.objects.count() == 3
        assert "New keys" in capsys.readouterr().out

    def test_a_second_run_changes_nothing_and_says_nothing(self, path, capsys):
        call_command("ensure_keys")
        before = path.read_bytes()
        capsys.readouterr()

        call_command("ensure_keys")

        assert path.read_bytes() == before
        assert capsys.readouterr().out == ""

    def test_makes_no_keys_in_production(self, path, settings):
        settings.PRODUCTION = True

        with pytest.raises(CommandError, match="cannot be opened"):
            call_command("ensure_keys")

        assert not path.exists()

    def test_makes_no_new_keys_where_others_were_in_use(self, path):
        call_command("ensure_keys")
        path.unlink()
        services.forget()

        with pytest.raises(CommandError, match="cannot be opened: restore it"):
            call_command("ensure_keys")

        assert not path.exists()

    def test_makes_keys_before_the_tables_exist(self, path, monkeypatch, capsys):
        monkeypatch.setattr(KeyVersion._meta, "db_table", "keys_no_such_table")

        call_command("ensure_keys")

        assert path.exists()
        assert "after `migrate`" in capsys.readouterr().out
