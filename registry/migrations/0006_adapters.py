"""What adapters of systems keep, and who hands data in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_systems")]

    operations = [
        migrations.AddField(
            model_name="system",
            name="service",
            field=models.ForeignKey(
                blank=True,
                help_text="The service that may hand its data in; empty: none may, only files.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.serviceclient",
            ),
        ),
        migrations.AddConstraint(
            model_name="system",
            constraint=models.UniqueConstraint(
                fields=("controller", "id"), name="registry_system_by_controller"
            ),
        ),
        migrations.AddConstraint(
            model_name="system",
            constraint=models.CheckConstraint(
                condition=models.Q(("service", None), ("kind", "pushed"), _connector="OR"),
                name="registry_system_handed_in_by_service",
            ),
        ),
    ]
