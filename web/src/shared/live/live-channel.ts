/**
 * The live stream, once per browser however many tabs are open (HTTP/1.1 allows six connections per host).
 *
 * Web Locks elect one tab as leader; it holds the EventSource and hands every message on through a
 * BroadcastChannel. When the leader closes, another tab takes over and asks for what came after the
 * last id it saw. Without Web Locks (plain HTTP on a LAN address) every tab connects for itself.
 */

export type LiveState = "connecting" | "live" | "retrying" | "stale";

export interface LiveHandlers {
  /** A case changed. Called once per id, in order. */
  onCase(data: unknown): void;
  /** Something may have been missed: fetch again. */
  onReset(): void;
  onState(state: LiveState): void;
}

type Wire =
  | { kind: "case"; id: number; data: unknown }
  | { kind: "reset"; id: number }
  | { kind: "state"; state: LiveState; id: number }
  | { kind: "ask" };

/** What the browser provides; tests pass their own. */
export interface LiveBrowser {
  openSource(url: string): EventSource;
  openChannel(name: string): BroadcastChannel | null;
  locks: LockManager | undefined;
  setTimeout(run: () => void, ms: number): number;
  clearTimeout(timer: number): void;
}

/** The server pings every 10 s: two pings missed mean the line is dead although nobody said so. */
const SILENCE_MS = 25_000;
const RETRY_MS = 2_000;

export function browserLive(): LiveBrowser {
  return {
    openSource: (url) => new EventSource(url),
    openChannel: (name) => (typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name)),
    locks: navigator.locks,
    setTimeout: (run, ms) => window.setTimeout(run, ms),
    clearTimeout: (timer) => window.clearTimeout(timer),
  };
}

/** Follows the live stream of one tenant until the returned function is called. */
export function openLive(tenant: string, handlers: LiveHandlers, browser: LiveBrowser = browserLive()): () => void {
  const name = `ningjulan-live-${tenant}`;
  const channel = browser.openChannel(name);
  const leader = new Leader(tenant, browser, (message) => {
    receive(message);
    channel?.postMessage(message);
  });
  let release: (() => void) | undefined;
  let stopped = false;
  let lastId = 0;

  function receive(message: Wire): void {
    if (message.kind === "case") {
      if (message.id <= lastId) return;
      lastId = message.id;
      handlers.onCase(message.data);
    } else if (message.kind === "reset") {
      lastId = message.id;
      handlers.onReset();
    } else if (message.kind === "state") {
      if (lastId === 0) lastId = message.id;
      handlers.onState(message.state);
    }
  }

  if (channel) {
    channel.onmessage = (event: MessageEvent<Wire>) => {
      if (event.data.kind === "ask") leader.repeatState();
      else receive(event.data);
    };
    channel.postMessage({ kind: "ask" } satisfies Wire);
  }

  if (browser.locks && channel) {
    void browser.locks.request(name, () => {
      if (stopped) return undefined;
      leader.start(lastId);
      return new Promise<void>((done) => (release = done));
    });
  } else {
    leader.start(0);
  }

  return () => {
    stopped = true;
    leader.stop();
    release?.();
    channel?.close();
  };
}

class Leader {
  private source: EventSource | undefined;
  private silence: number | undefined;
  private retry: number | undefined;
  private state: LiveState | undefined;
  private lastId = 0;

  constructor(
    private readonly tenant: string,
    private readonly browser: LiveBrowser,
    private readonly tell: (message: Wire) => void,
  ) {}

  start(after: number): void {
    this.lastId = after;
    this.connect();
  }

  stop(): void {
    this.closeSource();
    this.state = undefined;
  }

  repeatState(): void {
    if (this.state) this.tell({ kind: "state", state: this.state, id: this.lastId });
  }

  private setState(state: LiveState): void {
    if (this.state === state) return;
    this.state = state;
    this.repeatState();
  }

  private connect(): void {
    this.closeSource();
    if (this.state !== "stale") this.setState(this.lastId ? "retrying" : "connecting");
    const query = new URLSearchParams({ tenant: this.tenant });
    if (this.lastId) query.set("after", String(this.lastId));
    const source = this.browser.openSource(`/live?${query}`);
    this.source = source;

    source.onopen = () => this.heard();
    source.onerror = () => {
      this.setState("retrying");
      // 2 = closed for good (an HTTP error): EventSource itself will not try again.
      if (source.readyState === 2) this.retry = this.browser.setTimeout(() => this.connect(), RETRY_MS);
    };
    source.addEventListener("hello", (event) => {
      this.heard();
      const id = Number(event.lastEventId);
      if (id && !this.lastId) this.lastId = id;
    });
    source.addEventListener("ping", () => this.heard());
    source.addEventListener("reset", (event) => {
      this.heard();
      this.lastId = Number(event.lastEventId);
      this.tell({ kind: "reset", id: this.lastId });
    });
    source.addEventListener("case", (event) => {
      this.heard();
      this.lastId = Number(event.lastEventId);
      this.tell({ kind: "case", id: this.lastId, data: JSON.parse(event.data as string) as unknown });
    });
  }

  private heard(): void {
    this.setState("live");
    if (this.silence !== undefined) this.browser.clearTimeout(this.silence);
    this.silence = this.browser.setTimeout(() => {
      this.setState("stale");
      this.connect();
    }, SILENCE_MS);
  }

  private closeSource(): void {
    this.source?.close();
    if (this.silence !== undefined) this.browser.clearTimeout(this.silence);
    if (this.retry !== undefined) this.browser.clearTimeout(this.retry);
    this.silence = this.retry = undefined;
  }
}
