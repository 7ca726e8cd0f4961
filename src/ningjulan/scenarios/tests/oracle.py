"""The oracle: what a scenario means, written to be obvious and not to be fast.

A heap of timers, dictionaries, one record after the other in order of time. It shares the loaded scenario and
the row evaluator with the engine, and nothing else. Rules beyond firing (one open alert per key, clearing,
`pending`) stand here a second time, in other words.
"""

import heapq
import itertools
from collections import defaultdict
from datetime import timedelta

from ningjulan.scenarios.domain.expressions import evaluated, predicate
from ningjulan.scenarios.domain.language import ConfirmForm, CountForm, EventForm, Level
from ningjulan.scenarios.domain.signals import key_of


class Oracle:
    def __init__(self, scenario, facts=()):
        self.scenario, self.facts = scenario, facts
        self.said = []  # (at, key, change, level, n)
        self.timers, self.turn = [], itertools.count()
        self.queue, self.pending, self.alerts = defaultdict(list), {}, {}
        self.raises = defaultdict(list)
        self.now = None

    def tell(self, records):
        """Tell `records` = [(at, class_id, row)], sorted, then let all timers run out."""
        for at, class_id, row in records:
            self.run_timers(at)
            self.now = at
            self.record(at, class_id, row)
        self.run_timers(None)
        return self.said

    def run_timers(self, limit):
        while self.timers and (limit is None or self.timers[0][0] <= limit):
            at, _, action = heapq.heappop(self.timers)
            self.now = at
            action(at)

    def after(self, at, action):
        heapq.heappush(self.timers, (at, next(self.turn), action))

    def record(self, at, class_id, row):
        names = {
            signal.name
            for signal in self.scenario.signals
            if class_id in signal.classes and predicate(signal.where)(row)
        }
        key = key_of(self.scenario.key, row)
        if key is None or not names:
            return
        form = self.scenario.form
        if isinstance(form, EventForm) and form.signal in names:
            self.after(at + form.settle, lambda now: self.fire(now, key, row, at, "default", 1))
        elif isinstance(form, CountForm) and form.signal in names:
            self.count(form, at, key, row)
        elif isinstance(form, ConfirmForm):
            self.confirm(form, at, key, row, names)
        self.restore(at, key, row, names)

    def count(self, form, at, key, row):
        queue = self.queue[key]
        if not queue or at - queue[-1][0] >= form.spacing:
            queue.append((at, row.get(form.distinct) if form.distinct else None))
        queue[:] = [(then, value) for then, value in queue if at - then <= form.within]
        n = len({value for _, value in queue}) if form.distinct else len(queue)
        if n >= form.at_least:
            self.fire(at, key, row, at, "default", n)

    def confirm(self, form, at, key, row, names):
        first = self.pending.get(key)
        if first is None:
            if any(answer.alone and answer.signal in names for answer in form.by):
                self.fire(at, key, row, at, "confirmed", 1)
            elif form.first in names:
                me = self.pending[key] = row
                self.fire(at, key, row, at, "pending", 1)
                self.after(at + form.within, lambda now: self.silence(form, now, key, me, at))
            return
        if any(answers(answer, names, row, first) for answer in form.cancel):
            del self.pending[key]
            self.take_back(at, key)
        elif any(answers(answer, names, row, first) for answer in form.by):
            del self.pending[key]
            self.fire(at, key, row, at, "confirmed", 1)

    def silence(self, form, now, key, first, at):
        if self.pending.get(key) is not first:
            return
        del self.pending[key]
        if form.silence_confirms:
            self.fire(now, key, first, at, "confirmed", 1)
        else:
            self.take_back(now, key)

    def holds(self, check, row, at):
        match = {fact_field: row.get(record_field) for fact_field, record_field in check.match}
        return None not in match.values() and any(
            fact.kind == check.fact
            and fact.known_at <= self.now
            and fact.valid_from - check.grace <= at
            and (fact.valid_to is None or at <= fact.valid_to + check.grace)
            and match.items() <= fact.fields.items()
            and predicate(check.where)(fact.fields)
            for fact in self.facts
        )

    def fire(self, now, key, row, at, stage, n):
        levels, again = self.scenario.alert.levels, self.scenario.alert.again
        if stage == "pending" and not levels.pending:
            return
        if not all(self.holds(check, row, at) for check in self.scenario.only):
            return
        if any(self.holds(check, row, at) for check in self.scenario.unless):
            return
        alert = self.alerts.get(key)
        if alert is None:
            level = self.level(stage, n)
            same = str(row.get(again.same)) if again and again.same else None
            for then, other, other_level in self.raises[key]:
                if again and now - then < again.within and other == same and level.rank <= other_level.rank:
                    return
            alert = self.alerts[key] = {"level": level, "n": n, "seen": [id(row)], "active": set()}
            alert["pending"] = stage == "pending"
            self.raises[key].append([now, same, level])
            self.said.append((now, key, "raised", level, n))
        else:
            if id(row) not in alert["seen"]:
                alert["seen"].append(id(row))
                alert["n"] += 1
            alert["pending"] = alert["pending"] and stage != "confirmed"
            level = self.level(stage, n if isinstance(self.scenario.form, CountForm) else alert["n"])
            change = "escalated" if level.rank > alert["level"].rank else "merged"
            if change == "escalated":
                alert["level"] = self.raises[key][-1][2] = level
            self.said.append((now, key, change, alert["level"], alert["n"]))
        self.keep_open(now, key, row, alert)

    def level(self, stage, n):
        levels = self.scenario.alert.levels
        level = {"pending": levels.pending, "confirmed": levels.confirmed}.get(stage) or levels.default
        for condition, higher in levels.steps:
            if evaluated(condition, {"n": n}):
                level = higher
        return Level(level)

    def keep_open(self, now, key, row, alert):
        clear = self.scenario.alert.clear
        alert["clearing"] = token = object()
        if clear and clear.same:
            alert["active"].add(str(row.get(clear.same)))
        if clear and clear.quiet is not None:
            self.after(now + clear.quiet, lambda then: self.clear(then, key, token))

    def restore(self, at, key, row, names):
        clear, alert = self.scenario.alert.clear, self.alerts.get(key)
        if not alert or not clear or clear.signal not in names:
            return
        if clear.same:
            alert["active"].discard(str(row.get(clear.same)))
            if alert["active"]:
                return
        token = alert["clearing"]
        if clear.hold == timedelta():
            self.clear(at, key, token)
        else:
            self.after(at + clear.hold, lambda then: self.clear(then, key, token))

    def take_back(self, now, key):
        alert = self.alerts.get(key)
        if alert and alert["pending"]:
            self.clear(now, key, alert["clearing"])

    def clear(self, now, key, token):
        alert = self.alerts.get(key)
        if alert and alert["clearing"] is token:
            del self.alerts[key]
            self.said.append((now, key, "cleared", alert["level"], alert["n"]))


def answers(answer, names, row, first):
    if answer.signal not in names:
        return False
    if answer.distinct and row.get(answer.distinct) == first.get(answer.distinct):
        return False
    return not answer.same or row.get(answer.same) == first.get(answer.same)
