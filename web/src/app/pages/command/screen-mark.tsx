import { Watermark } from "antd";
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/features/session/api";
import { formatDay, formatTime } from "@/shared/format/dates";
import { useAppearance } from "@/shared/preferences";
import { useNow } from "@/shared/ui/use-now";

const INK = { dark: "rgba(223, 232, 244, 0.045)", light: "rgba(31, 42, 58, 0.05)" };

/** Who looks at this screen, and when: faint on screen, plain on a photograph of it. */
export function ScreenMark() {
  const { theme, scale } = useAppearance();
  const { data: session } = useQuery(sessionQuery);
  const now = useNow(60_000);
  if (!session) return null;
  return (
    <Watermark
      className="command-watermark"
      content={[session.user.display_name, `${formatDay(now)} ${formatTime(now)}`]}
      font={{ color: INK[theme], fontSize: Math.round(15 * scale) }}
      gap={[160, 140]}
    />
  );
}
