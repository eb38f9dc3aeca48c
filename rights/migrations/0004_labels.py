"""What officers read beside each field; nothing of the tables changes."""

import django.db.models.deletion
from django.db import migrations, models

from keys.restating import Restated


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_erasure"),
        ("rights", "0003_corrections"),
        ("subjects", "0011_labels"),
    ]

    operations = [
        Restated(
            state_operations=[
                migrations.AlterField(
                    model_name="accessbundle",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="deleted at"),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="expires_at",
                    field=models.DateTimeField(
                        blank=True, null=True, verbose_name="can be taken until"
                    ),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="made_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="made at"),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="request",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundle",
                        to="rights.request",
                        verbose_name="request",
                    ),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="sha256",
                    field=models.CharField(
                        blank=True, max_length=64, verbose_name="digest of the file"
                    ),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="size",
                    field=models.BigIntegerField(default=0, verbose_name="size (bytes)"),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="subject",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="accessbundle",
                    name="taken_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="taken at"),
                ),
                migrations.AlterField(
                    model_name="pause",
                    name="began_at",
                    field=models.DateTimeField(verbose_name="stopped at"),
                ),
                migrations.AlterField(
                    model_name="pause",
                    name="began_by",
                    field=models.CharField(max_length=80, verbose_name="stopped by"),
                ),
                migrations.AlterField(
                    model_name="pause",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="pause",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="ran again at"),
                ),
                migrations.AlterField(
                    model_name="pause",
                    name="reason",
                    field=models.CharField(max_length=300, verbose_name="reason"),
                ),
                migrations.AlterField(
                    model_name="pause",
                    name="request",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pauses",
                        to="rights.request",
                        verbose_name="request",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="acting_id",
                    field=models.UUIDField(
                        blank=True,
                        help_text="Who asks for the person: a parent or guardian.",
                        null=True,
                        verbose_name="who asks for the person",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="answer_code",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("done", "All of it was done"),
                            (
                                "done_in_part",
                                "It was done, and some data stay because the law says so",
                            ),
                            ("given", "The copy was given"),
                            ("otherwise", "It was answered in another way"),
                            (
                                "not_identified",
                                "It could not be settled who asks (GDPR 12(2), 12(6))",
                            ),
                            ("unfounded", "It is manifestly unfounded (GDPR 12(5))"),
                            (
                                "excessive",
                                "It is excessive, by repetition for instance (GDPR 12(5))",
                            ),
                            (
                                "kept_by_law",
                                "The law says that all of it must be kept (GDPR 17(3); DPDP s.8(7), 12(3))",
                            ),
                            (
                                "rights_of_others",
                                "It would harm rights and freedoms of others (GDPR 15(4))",
                            ),
                            (
                                "not_inaccurate",
                                "The data are right and complete as they are (GDPR 16; DPDP s.12)",
                            ),
                            ("no_such_right", "No law that applies to the person gives this right"),
                        ],
                        max_length=60,
                        verbose_name="how it was answered",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="answer_text",
                    field=models.CharField(
                        blank=True, max_length=1000, verbose_name="in plain words"
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="answered_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="asked",
                    field=models.BinaryField(
                        blank=True,
                        help_text="What the person says is right, under their own key.",
                        null=True,
                        verbose_name="what is right",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="attribute",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of a correction: what is to be put right.",
                        max_length=60,
                        verbose_name="what is to be put right",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="case_id",
                    field=models.UUIDField(
                        blank=True,
                        help_text="The erasure case it opened.",
                        null=True,
                        verbose_name="erasure case",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="channel",
                    field=models.CharField(
                        choices=[
                            ("portal", "The portal"),
                            ("api", "A service of the company"),
                            ("phone", "By telephone"),
                            ("paper", "On paper"),
                            ("platform", "A platform passed it on"),
                        ],
                        max_length=20,
                        verbose_name="how it came",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="due_at",
                    field=models.DateTimeField(verbose_name="due"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="extended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="extended at"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="extension_reason",
                    field=models.CharField(
                        blank=True, max_length=300, verbose_name="why it was extended"
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="handled_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="handled by"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="identified_at",
                    field=models.DateTimeField(
                        blank=True, null=True, verbose_name="settled who asks at"
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="identified_how",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("signed_in", "They signed in"),
                            ("guardian", "A verified parent or guardian signed in"),
                            ("contact", "They answered at an address or number on record"),
                            ("questions", "They knew what only they could know"),
                            ("in_person", "They came in person"),
                            ("service", "A service of the company knows them"),
                            ("document", "A document was looked at and not kept"),
                        ],
                        max_length=40,
                        verbose_name="how it was settled who asks",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("erasure", "Erase my data"),
                            ("access", "A copy of my data"),
                            ("correction", "Put my data right"),
                        ],
                        max_length=12,
                        verbose_name="what they ask for",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="pack",
                    field=models.CharField(max_length=2, verbose_name="whose law"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="received_at",
                    field=models.DateTimeField(verbose_name="received at"),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="scope",
                    field=models.CharField(
                        blank=True, max_length=100, verbose_name="purpose or category"
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="scope_type",
                    field=models.CharField(
                        choices=[
                            ("everything", "Everything"),
                            ("purpose", "A purpose"),
                            ("category", "A data category"),
                        ],
                        max_length=12,
                        verbose_name="reaches",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("identity", "Waits for proof of who asks"),
                            ("working", "Being done"),
                            ("answered", "Has been answered"),
                            ("refused", "Refused, with reasons"),
                            ("taken_back", "Taken back by the person"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="request",
                    name="subject",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
            ]
        )
    ]
