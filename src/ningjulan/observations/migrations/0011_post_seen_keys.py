from django.db import migrations


class Migration(migrations.Migration):
    """The keys that were seen are an index beside the history (ADR 17); nothing reads or writes this table."""

    dependencies = [
        ('observations', '0010_pre_replays'),
    ]

    operations = [
        migrations.DeleteModel(
            name='SeenKey',
        ),
    ]
