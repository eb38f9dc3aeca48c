"""Relationships at a business unit, and accounts that are held together or by an employer."""

from django.db import migrations, models
from django.db.models.functions import Greatest, Least


class Migration(migrations.Migration):
    dependencies = [("subjects", "0006_merged")]

    operations = [
        migrations.AlterField(
            model_name="relationship",
            name="kind",
            field=models.CharField(
                choices=[
                    ("household", "Same household"),
                    ("parent", "Parent of"),
                    ("guardian", "Lawful guardian of"),
                    ("account_holder", "Holds the account of"),
                    ("joint_holder", "Holds an account together with"),
                    ("employer", "Holds the account of the employer of"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="relationship",
            name="unit",
            field=models.SlugField(
                blank=True,
                db_default="",
                default="",
                help_text="The business unit at which it holds; empty: everywhere.",
                max_length=60,
            ),
        ),
        migrations.RemoveConstraint(
            model_name="relationship",
            name="subjects_relationship_once",
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("subject", "related_id", "kind", "unit"),
                name="subjects_relationship_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.UniqueConstraint(
                Least("subject", "related_id"),
                Greatest("subject", "related_id"),
                "kind",
                "unit",
                condition=models.Q(("ended_at", None), ("kind__in", ("household", "joint_holder"))),
                name="subjects_mutual_relationship_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="relationship",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("parent", "guardian")), _negated=True),
                    ("unit", ""),
                    _connector="OR",
                ),
                name="subjects_who_decides_decides_everywhere",
            ),
        ),
    ]
