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
import "./addresses.css";

interface QueuePanelProps {
  tenant: string;
  mayDecide: boolean;
  onShow: (place: Place) => void;
}

/** Texts that the matcher leaves to a clerk, the most frequent first; a decision is remembered for next time. */
export function QueuePanel({ tenant, mayDecide, onShow }: QueuePanelProps) {
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
              <QuestionRow key={question.id} question={question} mayDecide={mayDecide} onShow={onShow} />
            ))}
          </ul>
        )}
      </Resource>
    </Panel>
  );
}

function QuestionRow({ question, mayDecide, onShow }: { question: Question } & Omit<QueuePanelProps, "tenant">) {
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
            <>
              {building && (
                <Button
                  size="small"
                  onClick={() => done.mutate({ decision: "building", target: building.place.building_id! })}
                >
                  {t.queue.building}
                </Button>
              )}
              <Button size="small" onClick={() => done.mutate({ decision: "new" })}>
                {t.queue.new}
              </Button>
              <Button size="small" type="text" onClick={() => done.mutate({ decision: "unusable" })}>
                {t.queue.unusable}
              </Button>
            </>
          ) : (
            <Button size="small" onClick={() => done.mutate(null)}>
              {t.queue.reopen}
            </Button>
          )}
        </p>
      )}
    </li>
  );
}
