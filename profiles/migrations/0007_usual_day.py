"""How many times a reader's usual day is noticed, and that it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0006_publications"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="readinglimits",
            name="profiles_limits_make_sense",
        ),
        migrations.AddField(
            model_name="readinglimits",
            name="times_usual",
            field=models.PositiveSmallIntegerField(
                db_default=3,
                default=3,
                help_text="More people in a day than so many times what is usual for them are noticed.",
                verbose_name="times a reader’s usual day",
            ),
        ),
        migrations.AlterField(
            model_name="unusualaccess",
            name="kind",
            field=models.CharField(
                choices=[
                    ("volume", "Very many people in an hour"),
                    ("usual", "Very many people for this reader, in a day"),
                    ("hours", "Outside working hours"),
                    ("own", "The reader's own profile"),
                    ("family", "The profile of somebody of the reader's family or household"),
                    ("flagged", "The profile of somebody under watch"),
                    ("reveals", "Very many masked fields opened in a day"),
                    ("glass", "Glass broken more often than usual"),
                    ("unjustified", "Glass broken without justification, as the review found"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="readinglimits",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_hour__lt", models.F("until_hour")),
                    ("people_an_hour__gte", 1),
                    ("searches_an_hour__gte", 1),
                    ("service_people_an_hour__gte", 1),
                    ("smallest_group__gte", 2),
                    ("times_usual__gte", 2),
                    ("until_hour__lte", 24),
                ),
                name="profiles_limits_make_sense",
            ),
        ),
    ]
