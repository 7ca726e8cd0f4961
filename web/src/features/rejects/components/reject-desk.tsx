import { Alert } from "antd";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { NoteDialog } from "@/shared/ui/note-dialog";
import { tryReject, type RejectDetail } from "../api";
import { laidOut, onOneLine, saysTheSame } from "../json-text";
import { RawEditor } from "./raw-editor";
import { RejectActions } from "./reject-actions";
import { useRejectSteps, type RejectStep } from "./use-reject-steps";
import { Verdict } from "./verdict";

/** Where a clerk corrects a record, tries it, and sends it in again. What was typed outlives a conflict. */
export function RejectDesk({ one }: { one: RejectDetail }) {
  const t = useMessages();
  const [text, setText] = useState(() => laidOut(one.raw));
  const [isDismissing, setDismissing] = useState(false);
  const steps = useRejectSteps(one);
  const attempt = useMutation({ mutationFn: (raw: string) => tryReject(one.id, { raw }) });
  const isEdited = !saysTheSame(text, one.raw);
  const isOpen = one.state === "open";
  const take = (step: RejectStep, note = "") => {
    attempt.reset();
    steps.take({ step, text, note }, () => setDismissing(false));
  };
  const error = isDismissing ? null : (steps.error ?? attempt.error);
  return (
    <section aria-label={t.rejects.raw}>
      <h3>
        {t.rejects.raw} {isEdited && <span className="tag tag-info">{t.rejects.edited}</span>}
      </h3>
      <ReadingNote one={one} />
      <RawEditor
        text={text}
        items={one.items.map(({ id }) => id)}
        isReadOnly={!isOpen || one.is_cut}
        onChange={setText}
      />
      <RejectActions
        one={one}
        isEdited={isEdited}
        pending={attempt.isPending ? "try" : steps.pending}
        onTry={() => attempt.mutate(onOneLine(text))}
        onStep={(step) => (step === "dismiss" ? setDismissing(true) : take(step))}
        onRestore={() => setText(laidOut(one.raw))}
      />
      {steps.isOutdated && (
        <Alert type="warning" showIcon title={t.rejects.conflict} role="alert" data-testid="reject-conflict" />
      )}
      {error && <Alert type="error" showIcon title={error.message} role="alert" />}
      {isOpen && attempt.data && <Verdict tried={attempt.data} isOfText={saysTheSame(text, attempt.variables)} />}
      {isDismissing && (
        <NoteDialog
          title={t.rejects.dismissTitle}
          hint={t.rejects.dismissHint}
          confirm={t.rejects.dismiss}
          pending={steps.pending === "dismiss"}
          error={steps.error}
          onSubmit={(note) => take("dismiss", note)}
          onCancel={() => setDismissing(false)}
        />
      )}
    </section>
  );
}

/** How the bytes were read, where that is not plain. */
function ReadingNote({ one }: { one: RejectDetail }) {
  const t = useMessages();
  const note = one.is_cut ? t.rejects.cut : t.rejects.encodings[one.encoding];
  return note ? <p className="muted">{note}</p> : null;
}
