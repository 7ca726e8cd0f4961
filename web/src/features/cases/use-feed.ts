import { useEffect, useReducer, useRef } from "react";
import { admitAll, admitOne, EMPTY_FEED, INSERT_EVERY_MS, take, type Feed } from "./feed";
import type { Case } from "./model";

type Action = { kind: "take"; cases: readonly Case[]; isFirst: boolean } | { kind: "one" } | { kind: "all" };

function reduce(feed: Feed, action: Action): Feed {
  if (action.kind === "take") return take(feed, action.cases, action.isFirst);
  return action.kind === "one" ? admitOne(feed) : admitAll(feed);
}

interface LiveFeed extends Feed {
  admitAll: () => void;
  /** While held, no row is inserted: the pointer or the focus is on the list. */
  hold: (held: boolean) => void;
}

/** The paced view of the live cases. `subject` names what is listed: a new subject starts a new list. */
export function useFeed(cases: readonly Case[] | undefined, subject: string): LiveFeed {
  const [feed, dispatch] = useReducer(reduce, EMPTY_FEED);
  const held = useRef(false);
  const lastInsert = useRef(0);
  const listed = useRef<string>(undefined);

  useEffect(() => {
    if (!cases) return;
    dispatch({ kind: "take", cases, isFirst: listed.current !== subject });
    listed.current = subject;
  }, [cases, subject]);

  useEffect(() => {
    if (feed.waiting.length === 0) return;
    const wait = Math.max(0, lastInsert.current + INSERT_EVERY_MS - Date.now());
    const tick = () => {
      if (held.current) return;
      lastInsert.current = Date.now();
      dispatch({ kind: "one" });
    };
    const first = setTimeout(tick, wait);
    const further = setInterval(tick, INSERT_EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(further);
    };
  }, [feed.waiting]);

  return {
    ...feed,
    admitAll: () => dispatch({ kind: "all" }),
    hold: (value) => {
      held.current = value;
    },
  };
}
