import { useEffect, useState } from "react";

/** The time, renewed every `everyMs`. Call it in the smallest component that shows it: each tick renders it again. */
export function useNow(everyMs: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
