"""What agreed when a clerk said "not the same" is a list of fields, no fingerprint. Nobody has said it yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_resolution_keys")]

    operations = [
        migrations.RemoveField("notsame", "facts"),
        migrations.AddField(
            "notsame", "facts", models.JSONField(verbose_name="当时一致的识别信息"), preserve_default=False
        ),
    ]
