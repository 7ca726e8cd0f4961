import { Button, type ButtonProps } from "antd";
import { useMessages } from "@/shared/i18n";
import type { RejectDetail } from "../api";
import type { RejectStep } from "./use-reject-steps";

interface RejectActionsProps {
  one: RejectDetail;
  isEdited: boolean;
  pending: RejectStep | "try" | null;
  onTry: () => void;
  onStep: (step: RejectStep) => void;
  onRestore: () => void;
}

/** What can be done now. An edited text is fixed, one as delivered released: never one for the other. */
export function RejectActions({ one, isEdited, pending, onTry, onStep, onRestore }: RejectActionsProps) {
  const t = useMessages();
  const button = (name: RejectStep): ButtonProps & Record<`data-${string}`, string> => ({
    onClick: () => onStep(name),
    loading: pending === name,
    "data-testid": `reject-${name}`,
  });
  if (one.state === "dismissed") {
    return (
      <div className="reject-actions">
        <Button {...button("reopen")}>{t.rejects.reopen}</Button>
      </div>
    );
  }
  if (one.state !== "open") return null;
  return (
    <div className="reject-actions">
      <Button onClick={onTry} loading={pending === "try"} disabled={one.is_cut} data-testid="reject-try">
        {t.rejects.try}
      </Button>
      <Button type={isEdited ? "primary" : "default"} disabled={!isEdited} {...button("fix")}>
        {t.rejects.fix}
      </Button>
      <Button disabled={isEdited} {...button("release")}>
        {t.rejects.release}
      </Button>
      <Button danger type="text" {...button("dismiss")}>
        {t.rejects.dismiss}
      </Button>
      {isEdited && (
        <Button type="text" onClick={onRestore} data-testid="reject-restore">
          {t.rejects.asDelivered}
        </Button>
      )}
    </div>
  );
}
