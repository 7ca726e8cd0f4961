"""Who has changed is noted by the tables themselves: the keys people are found by are made anew for them.

A statement's rows at once: an import of 300,000 costs one insert-select. A merged entry's alias counts too.
"""

from django.db import migrations

WHOSE = {
    "registry_person": "entity_id",
    "registry_residency": "person_id",
    "registry_personalias": "entity_id",
}

FUNCTION = """
create function registry_note_stale_keys() returns trigger language plpgsql as $$
begin
    execute format(
        'insert into registry_stalekey (person_id) select distinct %I from touched on conflict do nothing',
        tg_argv[0]);
    return null;
end $$;
"""
TRIGGERS = """
create trigger registry_keys_stale_on_insert after insert on {table}
    referencing new table as touched for each statement execute function registry_note_stale_keys('{column}');
create trigger registry_keys_stale_on_update after update on {table}
    referencing new table as touched for each statement execute function registry_note_stale_keys('{column}');
create trigger registry_keys_stale_on_delete after delete on {table}
    referencing old table as touched for each statement execute function registry_note_stale_keys('{column}');
insert into registry_stalekey (person_id) select distinct {column} from {table} on conflict do nothing;
"""
DROP = """
drop trigger registry_keys_stale_on_insert on {table};
drop trigger registry_keys_stale_on_update on {table};
drop trigger registry_keys_stale_on_delete on {table};
"""
NO_CONTRADICTION = """
create trigger registry_no_contradiction after insert on registry_personalias
    referencing new table as added for each statement execute function registry_refuse_contradiction();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_resolution")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function registry_note_stale_keys()"),
        *(
            migrations.RunSQL(
                TRIGGERS.format(table=table, column=column), DROP.format(table=table)
            )
            for table, column in WHOSE.items()
        ),
        migrations.RunSQL(
            NO_CONTRADICTION, "drop trigger registry_no_contradiction on registry_personalias"
        ),
    ]
