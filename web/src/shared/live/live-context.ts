import { createContext, useContext } from "react";
import type { LiveState } from "./live-channel";

export const LiveContext = createContext<LiveState>("connecting");

/** The state of the live connection, for the badge in the top bar. */
export function useLiveState(): LiveState {
  return useContext(LiveContext);
}
