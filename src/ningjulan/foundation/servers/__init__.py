"""The servers the platform brings along: PostgreSQL 18 and NATS, from their wheels, on loopback ports.

`Postgres` and `Nats` say how one is prepared, started and known to be ready; `Child` owns the process.
With `NINGJULAN_DATABASE_URL` and `NINGJULAN_NATS_URL` set nothing here is started: see `embedded.servers`.
"""
