"""Where parties are told what happens to people's data, and publishers without a contract."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_ways")]

    operations = [
        migrations.AddField(
            model_name="party",
            name="contact_email",
            field=models.EmailField(
                blank=True,
                db_default="",
                default="",
                max_length=254,
                help_text="Where it is told of erasures, corrections and restrictions (GDPR 19).",
            ),
        ),
        migrations.AlterField(
            model_name="party",
            name="kind",
            field=models.CharField(
                choices=[
                    ("internal", "The controller itself"),
                    ("processor", "Processor (on the controller's behalf)"),
                    ("recipient", "Recipient (a controller of its own)"),
                    ("consent_manager", "Consent manager"),
                    ("publisher", "Publisher or search engine (shows what was made public)"),
                ],
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="party", name="registry_party_has_contract"),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["internal", "publisher"]),
                    models.Q(("contract_reference", ""), _negated=True),
                    _connector="OR",
                ),
                name="registry_party_has_contract",
            ),
        ),
    ]
