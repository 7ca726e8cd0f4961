import { detectPower } from "@/map/capability";

/** Found out once per page: asking WebGL for its renderer costs a context. */
export const POWER = detectPower(new URLSearchParams(location.search));
