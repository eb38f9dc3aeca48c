"""How much each service may ask."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_reserved_slugs")]

    operations = [
        migrations.AddField(
            model_name="serviceclient",
            name="items_per_second",
            field=models.PositiveIntegerField(
                blank=True,
                help_text=(
                    "The most items a second that each decision point decides for it; empty: as "
                    "many as for any service."
                ),
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceclient",
            constraint=models.CheckConstraint(
                condition=models.Q(items_per_second=None) | models.Q(items_per_second__gt=0),
                name="accounts_service_pace_is_positive",
            ),
        ),
    ]
