import { App, Button, Segmented } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatNumber } from "@/shared/format/numbers";
import { useMessages } from "@/shared/i18n";
import { Panel } from "@/shared/ui/panel";
import { Notice, Resource } from "@/shared/ui/resource";
import { addressKeys, decide, queueQuery, reopen, type Decision, type Place, type Question, type QueueState } from "../api";
import { shortText } from "../model";
import { Elements, Score } from "./match-view";
import { NewAddressButton } from "./new-address";
import "./addresses.css";

interface QueuePanelProps {
  tenant: string;
  mayDecide: boolean;
  /** Puts new addresses into the base. */
  mayRegister: boolean;
  onShow: (place: Place) => void;
}

/** Texts that the matcher leaves to a clerk, the most frequent first; a decision is remembered for next time. */
export function QueuePanel({ tenant, ...rights }: QueuePanelProps) {
  const t = useMessages().addresses;
  const [state, setState] = useState<QueueState>("open");
  const queue = useQuery(queueQuery(tenant, state, 0));
  return (
    <Panel
      title={t.queue.title}
      note={queue.data && t.queue.n(formatNumber(queue.data.n))}
      testId="address-queue"
    >
      <Segmented<QueueState>
        value={state}
        onChange={setState}
        options={[
          { value: "open", label: t.queue.open },
          { value: "decided", label: t.queue.decided },
        ]}
      />
      <Resource
        query={queue}
        isEmpty={(data) => data.n === 0}
        empty={<Notice title={state === "open" ? t.queue.empty : t.queue.noneDecided}>{t.queue.emptyHint}</Notice>}
      >
        {(data) => (
          <ul className="plain-list question-list">
            {data.questions.map((question) => (
              <QuestionRow key={question.id} question={question} {...rights} />
            ))}
          </ul>
        )}
      </Resource>
    </Panel>
  );
}

function QuestionRow({ question, mayDecide, mayRegister, onShow }: { question: Question } & Omit<QueuePanelProps, "tenant">) {
  const t = useMessages().addresses;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const done = useMutation({
    mutationFn: (decision: Decision | null) => (decision ? decide(question.id, decision) : reopen(question.id)),
    onSuccess: (_, decision) => message.success(decision ? t.queue.remembered : t.queue.reopened),
    onError: (error) => message.error(error.message),
    onSettled: () => cache.invalidateQueries({ queryKey: addressKeys.all }),
  });
  const isOpen = question.state === "open";
  const { candidates } = question.match;
  const building = candidates.find((one) => one.place.building_id);
  return (
    <li data-testid="question">
      <p className="question-head">
        <strong>{question.match.text}</strong>
        {question.n_times > 1 && <span className="muted num">{t.queue.times(question.n_times)}</span>}
      </p>
      {!isOpen && (
        <p className="muted">
          {t.queue.decisions[question.decision]} · {question.by_name}
        </p>
      )}
      {isOpen && candidates.length === 0 && <p className="muted">{t.queue.noCandidates}</p>}
      <ol className="candidates">
        {candidates.slice(0, isOpen ? 3 : 1).map((one) => (
          <li key={`${one.place.level}-${one.place.id}`}>
            <button type="button" className="plain candidate-place" onClick={() => onShow(one.place)}>
              <Score score={one.score} />
              <span className={`level-word level-${one.place.level}`}>{t.levels[one.place.level]}</span>
              {shortText(one.place.text)}
            </button>
            {isOpen && mayDecide && (
              <Button
                size="small"
                loading={done.isPending}
                onClick={() => done.mutate({ decision: "accept", level: one.place.level, target: one.place.id })}
                data-testid="accept"
              >
                {t.queue.accept}
              </Button>
            )}
            <Elements elements={one.elements} />
          </li>
        ))}
      </ol>
      {mayDecide && (
        <p className="question-actions">
          {isOpen ? (
            <OpenActions buildingId={building?.place.building_id} onDecide={done.mutate} />
          ) : (
            <DecidedActions question={question} mayRegister={mayRegister} onReopen={() => done.mutate(null)} />
          )}
        </p>
      )}
    </li>
  );
}

interface OpenActionsProps {
  buildingId: string | null | undefined;
  onDecide: (decision: Decision) => void;
}

function OpenActions({ buildingId, onDecide }: OpenActionsProps) {
  const t = useMessages().addresses.queue;
  return (
    <>
      {buildingId && (
        <Button size="small" onClick={() => onDecide({ decision: "building", target: buildingId })}>
          {t.building}
        </Button>
      )}
      <Button size="small" onClick={() => onDecide({ decision: "new" })} data-testid="ask-new">
        {t.new}
      </Button>
      <Button size="small" type="text" onClick={() => onDecide({ decision: "unusable" })}>
        {t.unusable}
      </Button>
    </>
  );
}

interface DecidedActionsProps {
  question: Question;
  mayRegister: boolean;
  onReopen: () => void;
}

function DecidedActions({ question, mayRegister, onReopen }: DecidedActionsProps) {
  const t = useMessages().addresses.queue;
  const isWanted = question.decision === "new" && !question.match.place?.code;
  return (
    <>
      {mayRegister && isWanted && <NewAddressButton question={question} />}
      <Button size="small" onClick={onReopen}>
        {t.reopen}
      </Button>
    </>
  );
}
