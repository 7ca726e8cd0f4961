"""No two versions of one entity that are known now may hold on the same day.

An exclusion constraint over (entity, days) would need the extension btree_gist; a trigger per statement needs
nothing, and looks at 300,000 copied rows in one query.
"""

from django.db import migrations

TABLES = (
    "registry_assistance registry_carerecipient registry_careservice registry_dwelling registry_employment "
    "registry_household registry_membership registry_migrant registry_organisation registry_overseasperson "
    "registry_person registry_rental registry_residency registry_vehicle"
).split()

FUNCTION = """
create function registry_refuse_contradiction() returns trigger language plpgsql
    set enable_nestloop = on  -- and so again when it returns
as $$
declare
    contradicted uuid;
begin
    if (select count(*) > 1000 from added) then
        -- The planner knows nothing of rows just written: left alone it compares each with each.
        perform set_config('enable_nestloop', 'off', true);
    end if;
    execute format(
        'select new.entity_id from added as new join %I as old using (entity_id)
          where new.known_to is null and old.known_to is null and new.id <> old.id
            and daterange(new.valid_from, new.valid_to) && daterange(old.valid_from, old.valid_to)
          limit 1', tg_table_name) into contradicted;
    if contradicted is not null then
        raise exclusion_violation using
            message = format('%s: two versions of %s hold on the same day', tg_table_name, contradicted),
            table = tg_table_name, constraint = 'registry_versions_do_not_contradict';
    end if;
    return null;
end $$;
"""
TRIGGER = """
create trigger registry_no_contradiction after insert on {table}
    referencing new table as added for each statement execute function registry_refuse_contradiction();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_people")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function registry_refuse_contradiction()"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table), f"drop trigger registry_no_contradiction on {table}"
            )
            for table in TABLES
        ),
    ]
