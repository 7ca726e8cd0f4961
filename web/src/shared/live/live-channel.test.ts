import { beforeEach, expect, test } from "vitest";
import { openLive, type LiveBrowser, type LiveHandlers, type LiveState } from "./live-channel";

/** One browser in miniature: tabs share locks and channels; sources and timers are driven by hand. */
class Source {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 1;
  isClosed = false;
  private readonly listeners = new Map<string, (event: { lastEventId: string; data: string }) => void>();

  constructor(readonly url: string) {}

  addEventListener(name: string, run: (event: { lastEventId: string; data: string }) => void): void {
    this.listeners.set(name, run);
  }

  send(name: string, id = "", data: unknown = {}): void {
    this.listeners.get(name)?.({ lastEventId: id, data: JSON.stringify(data) });
  }

  close(): void {
    this.isClosed = true;
  }
}

class Browser {
  readonly sources: Source[] = [];
  readonly timers = new Map<number, () => void>();
  private readonly channels = new Set<{ onmessage: ((event: { data: unknown }) => void) | null }>();
  private readonly queue: (() => Promise<void> | undefined)[] = [];
  private isHeld = false;
  private nTimers = 0;

  tab(withLocks = true): LiveBrowser {
    return {
      openSource: (url) => {
        const source = new Source(url);
        this.sources.push(source);
        return source as unknown as EventSource;
      },
      openChannel: () => this.channel() as unknown as BroadcastChannel,
      locks: (withLocks ? { request: (_: string, run: () => Promise<void>) => this.request(run) } : undefined) as LockManager,
      setTimeout: (run) => {
        this.timers.set((this.nTimers += 1), run);
        return this.nTimers;
      },
      clearTimeout: (timer) => void this.timers.delete(timer),
    };
  }

  runTimers(): void {
    const due = [...this.timers.values()];
    this.timers.clear();
    for (const run of due) run();
  }

  private channel() {
    const channels = this.channels;
    const own = {
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage(data: unknown) {
        for (const other of channels) if (other !== own) other.onmessage?.({ data });
      },
      close: () => void channels.delete(own),
    };
    channels.add(own);
    return own;
  }

  private request(run: () => Promise<void> | undefined): Promise<void> {
    this.queue.push(run);
    this.grant();
    return Promise.resolve();
  }

  private grant(): void {
    if (this.isHeld) return;
    const next = this.queue.shift();
    if (!next) return;
    const held = next();
    if (!held) return this.grant();
    this.isHeld = true;
    void held.then(() => {
      this.isHeld = false;
      this.grant();
    });
  }
}

interface Heard extends LiveHandlers {
  cases: unknown[];
  resets: number;
  states: LiveState[];
}

function listener(): Heard {
  const heard: Heard = {
    cases: [],
    resets: 0,
    states: [],
    onCase: (data) => void heard.cases.push(data),
    onReset: () => void (heard.resets += 1),
    onState: (state) => void heard.states.push(state),
  };
  return heard;
}

let browser: Browser;
beforeEach(() => {
  browser = new Browser();
});

test("nine tabs share one connection, and all hear every message once", () => {
  const tabs = Array.from({ length: 9 }, () => {
    const heard = listener();
    openLive("330109013", heard, browser.tab());
    return heard;
  });

  browser.sources[0]!.send("hello", "10");
  browser.sources[0]!.send("case", "11", { n: 11 });
  browser.sources[0]!.send("case", "11", { n: 11 });

  expect(browser.sources).toHaveLength(1);
  for (const heard of tabs) expect(heard.cases).toEqual([{ n: 11 }]);
});

test("when the leader closes, another tab goes on after the last id it saw", async () => {
  const second = listener();
  const closeFirst = openLive("330109013", listener(), browser.tab());
  openLive("330109013", second, browser.tab());
  browser.sources[0]!.send("case", "11", { n: 11 });

  closeFirst();
  await Promise.resolve();

  expect(browser.sources[0]!.isClosed).toBe(true);
  expect(browser.sources[1]!.url).toBe("/live?tenant=330109013&after=11");
  browser.sources[1]!.send("case", "12", { n: 12 });
  expect(second.cases).toEqual([{ n: 11 }, { n: 12 }]);
});

test("a silent line is opened again, with what was missed asked for", () => {
  const heard = listener();
  openLive("330109013", heard, browser.tab());
  browser.sources[0]!.send("hello", "5");
  browser.sources[0]!.send("case", "7", {});

  browser.runTimers();

  expect(browser.sources[0]!.isClosed).toBe(true);
  expect(browser.sources[1]!.url).toContain("after=7");
  expect(heard.states).toContain("stale");
  browser.sources[1]!.send("ping");
  expect(heard.states.at(-1)).toBe("live");
});

test("a gap too old to replay makes every tab fetch again and count from there", () => {
  const [leader, follower] = [listener(), listener()];
  openLive("330109013", leader, browser.tab());
  openLive("330109013", follower, browser.tab());
  browser.sources[0]!.send("case", "900", {});

  browser.sources[0]!.send("reset", "3");
  browser.sources[0]!.send("case", "4", { n: 4 });

  expect([leader.resets, follower.resets]).toEqual([1, 1]);
  expect(follower.cases.at(-1)).toEqual({ n: 4 });
});

test("a refused connection is tried again", () => {
  openLive("330109013", listener(), browser.tab());
  browser.sources[0]!.readyState = 2;
  browser.sources[0]!.onerror?.();

  browser.runTimers();

  expect(browser.sources).toHaveLength(2);
});

test("without locks every tab connects for itself", () => {
  const [one, two] = [listener(), listener()];
  openLive("330109013", one, browser.tab(false));
  openLive("330109013", two, browser.tab(false));

  expect(browser.sources).toHaveLength(2);
  browser.sources[0]!.send("case", "1", { n: 1 });
  browser.sources[1]!.send("case", "1", { n: 1 });
  expect([one.cases, two.cases]).toEqual([[{ n: 1 }], [{ n: 1 }]]);
});

test("a tab that opens late learns the state from the leader", () => {
  openLive("330109013", listener(), browser.tab());
  browser.sources[0]!.send("hello", "10");
  const late = listener();

  openLive("330109013", late, browser.tab());

  expect(late.states).toEqual(["live"]);
});
