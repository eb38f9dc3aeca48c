"""Which session a pulse beat on last: one that has ended tells of a killed worker at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.AddField(
            "workerpulse",
            "backend_pid",
            models.PositiveIntegerField(db_default=0),
        ),
    ]
