from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('observations', '0011_post_seen_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='NoteHour',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=64)),
                ('class_id', models.CharField(max_length=8)),
                ('tenant_code', models.CharField(max_length=15)),
                ('hour', models.DateTimeField()),
                ('note', models.CharField(max_length=40)),
                ('n', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'class_id', 'hour', 'tenant_code', 'note'), name='observations_note_is_counted_once')],
            },
        ),
    ]
