"""The live stream: what a screen gets, and what it gets after it was away."""

import asyncio
import json

import pytest

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.bus import connect
from ningjulan.project import live
from ningjulan.project.live import Hub, Live

STREET = "330109013"
NAME = "cases.case.changed.v1"
OFFICER = Actor(user_id=1, name="值班长", area_codes=frozenset({STREET}))
ACTORS = {"officer": OFFICER, "grid": Actor(2, "网格员", area_codes=frozenset({STREET + "002"}))}


def changed(number, area=STREET + "002001"):
    return {"step": "register", "case": {"id": number, "tenant_code": area[:9], "area_code": area}}


class Screen:
    """A browser's connection: collects what is sent until `enough` data events have come."""

    def __init__(self, hub, query=f"tenant={STREET}", session="officer", headers=()):
        self.app = Live(hub, ACTORS.get)
        cookie = (b"cookie", f"sessionid={session}".encode())
        self.scope = {"type": "http", "query_string": query.encode(), "headers": [cookie, *headers]}
        self.status = 0
        self.text = ""
        self.gone = asyncio.Event()

    async def __aenter__(self):
        self.task = asyncio.create_task(self.app(self.scope, self._receive, self._send))
        await self.until("hello")
        return self

    async def __aexit__(self, *_):
        self.gone.set()
        await asyncio.wait_for(self.task, 5)

    async def _receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()

    async def until(self, word):
        async with asyncio.timeout(5):
            while word not in self.text and self.status in (0, 200):
                await asyncio.sleep(0.01)

    def cases(self):
        data = [
            line[6:] for line in self.text.splitlines() if line.startswith("data: {") and line != "data: {}"
        ]
        return [json.loads(line)["case"]["id"] for line in data]


def hub_with(*numbers):
    hub = Hub({NAME: "case"})
    for number in numbers:
        hub.tell(number, NAME, changed(number))
    return hub


def test_screen_gets_what_happens_from_now_on():
    async def run():
        hub = hub_with(1, 2)
        async with Screen(hub) as screen:
            hub.tell(3, NAME, changed(3))
            await screen.until("id: 3")
            return screen

    screen = asyncio.run(run())

    assert screen.cases() == [3]
    assert "id: 2\nevent: hello" in screen.text


@pytest.mark.parametrize(
    "away",
    [
        pytest.param({"query": f"tenant={STREET}&after=1"}, id="by parameter"),
        pytest.param({"headers": [(b"last-event-id", b"1")]}, id="by Last-Event-ID"),
    ],
)
def test_screen_that_was_away_gets_what_it_missed_once_and_in_order(away):
    async def run():
        hub = hub_with(1, 2, 3)
        async with Screen(hub, **away) as screen:
            hub.tell(4, NAME, changed(4))
            await screen.until("id: 4")
            return screen.cases()

    assert asyncio.run(run()) == [2, 3, 4]


def test_screen_that_was_away_too_long_is_told_to_fetch_afresh(monkeypatch):
    async def run():
        hub = Hub({NAME: "case"})
        for number in range(10, 10 + live.KEEP + 5):
            hub.tell(number, NAME, changed(number))
        async with Screen(hub, query=f"tenant={STREET}&after=3") as screen:
            await screen.until("reset")
            return screen.text

    assert "event: reset" in asyncio.run(run())


def test_screen_from_before_the_memory_of_this_process_is_told_to_fetch_afresh():
    async def run():
        hub = hub_with(200)
        hub.complete_after = 150
        async with Screen(hub, query=f"tenant={STREET}&after=100") as screen:
            await screen.until("reset")
            hub.tell(201, NAME, changed(201))
            await screen.until("id: 201")
            return screen

    screen = asyncio.run(run())

    assert "id: 200\nevent: reset" in screen.text
    assert screen.cases() == [201]


def test_number_of_a_stream_that_is_no_more_is_told_to_fetch_afresh_and_goes_on():
    async def run():
        hub = hub_with(3)
        async with Screen(hub, query=f"tenant={STREET}&after=5000") as screen:
            await screen.until("reset")
            hub.tell(4, NAME, changed(4))
            await screen.until("id: 4")
            return screen.cases()

    assert asyncio.run(run()) == [4]


def test_screen_told_to_fetch_afresh_gets_what_comes_next():
    async def run():
        hub = Hub({NAME: "case"})
        events = hub.events(None)
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        for number in range(1, live.QUEUE + 3):
            hub.tell(number, NAME, changed(number))
        assert await waiting is None
        following = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        hub.tell(live.QUEUE + 3, NAME, changed(7))
        event = await asyncio.wait_for(following, 5)
        await events.aclose()
        return event

    assert json.loads(asyncio.run(run()).data)["case"]["id"] == 7


def test_stream_ends_when_its_session_does(monkeypatch):
    monkeypatch.setattr(live, "LOOK_WHO_S", 0.02)
    actors = {"officer": OFFICER}

    async def run():
        screen = Screen(hub_with())
        screen.app.actor_of = actors.get
        async with screen:
            del actors["officer"]
            await asyncio.wait_for(asyncio.shield(screen.task), 5)
            return screen.task.done()

    assert asyncio.run(run())


def test_screen_that_cannot_follow_is_told_to_fetch_afresh_and_holds_nobody_up():
    async def run():
        hub = Hub({NAME: "case"})
        events = hub.events(None)
        waiting = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        for number in range(1, live.QUEUE + 3):
            hub.tell(number, NAME, changed(number))
        first = await waiting
        await events.aclose()
        return first, hub.screens

    first, screens = asyncio.run(run())

    assert first is None
    assert screens == set()


def test_grid_worker_sees_only_the_own_community():
    async def run():
        hub = Hub({NAME: "case"})
        async with Screen(hub, query=f"tenant={STREET}002", session="grid") as screen:
            hub.tell(1, NAME, changed(1, area=STREET + "003001"))
            hub.tell(2, NAME, changed(2))
            await screen.until("id: 2")
            return screen.cases()

    assert asyncio.run(run()) == [2]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({"session": "nobody"}, 401, id="not signed in"),
        pytest.param({"query": "tenant=440310"}, 403, id="another town"),
        pytest.param({"query": ""}, 403, id="no town"),
    ],
)
def test_stream_is_closed_to(change, status):
    async def run():
        screen = Screen(hub_with(), **change)
        async with screen:
            return screen

    screen = asyncio.run(run())

    assert screen.status == status
    assert set(json.loads(screen.text)) == {"code", "message"}


def test_silence_is_filled_with_pings(monkeypatch):
    monkeypatch.setattr(live, "PING_S", 0.02)

    async def run():
        async with Screen(hub_with()) as screen:
            await screen.until("event: ping")
            return screen.text

    assert "event: ping" in asyncio.run(run())


def test_hub_follows_the_stream_from_where_it_stopped(nats_url):
    async def run():
        nats = await connect(nats_url, name="test")
        js = nats.jetstream()
        hub = Hub({NAME: "case"})

        async def say(number):
            ack = await js.publish(f"events.{NAME}", json.dumps(changed(number)).encode())
            async with asyncio.timeout(5):
                while not hub.recent or hub.recent[-1].seq < ack.seq:
                    await asyncio.sleep(0.01)

        following = asyncio.create_task(hub.follow(js))
        await say(1)
        following.cancel()
        await js.publish(f"events.{NAME}", json.dumps(changed(2)).encode())
        following = asyncio.create_task(hub.follow(js))
        await say(3)
        following.cancel()
        await nats.close()
        return [json.loads(event.data)["case"]["id"] for event in hub.recent][-3:]

    assert asyncio.run(run()) == [1, 2, 3]


def test_event_lost_with_a_connection_is_followed_again(nats_url):
    async def run():
        nats = await connect(nats_url, name="test")
        js = nats.jetstream()
        hub = Hub({NAME: "case"})
        ids = [(await js.publish(f"events.{NAME}", json.dumps(changed(n)).encode())).seq for n in (1, 2)]
        bind = js.pull_subscribe_bind

        async def losing(consumer, **options):
            js.pull_subscribe_bind = bind
            await (await bind(consumer, **options)).fetch(1)  # sent, and never arrived
            return await bind(consumer, **options)

        js.pull_subscribe_bind = losing
        with pytest.raises(live.Missed):
            await asyncio.wait_for(hub.follow(js), 10)
        following = asyncio.create_task(hub.follow(js))
        async with asyncio.timeout(5):
            while hub.last < ids[-1]:
                await asyncio.sleep(0.01)
        following.cancel()
        await nats.close()
        return [json.loads(event.data)["case"]["id"] for event in hub.recent][-2:]

    assert asyncio.run(run()) == [1, 2]
