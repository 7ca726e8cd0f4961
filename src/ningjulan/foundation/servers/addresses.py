"""Where the servers are, and the variables that say so. Light: the quick commands import only this."""

from dataclasses import dataclass

DATABASE_VARIABLE = "NINGJULAN_DATABASE_URL"
NATS_VARIABLE = "NINGJULAN_NATS_URL"
WEB_VARIABLE = "NINGJULAN_WEB_URL"


@dataclass(frozen=True)
class Addresses:
    """The addresses of PostgreSQL and NATS; `web_url` too when the whole platform runs."""

    database_url: str
    nats_url: str
    web_url: str | None = None

    def as_environment(self) -> dict[str, str]:
        urls = {DATABASE_VARIABLE: self.database_url, NATS_VARIABLE: self.nats_url}
        return urls | ({WEB_VARIABLE: self.web_url} if self.web_url else {})
