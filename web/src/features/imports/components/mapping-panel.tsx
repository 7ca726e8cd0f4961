import { Alert, App, Button, Input, Modal, Select } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { formatNumber } from "@/shared/format/numbers";
import { useLanguage, useMessages } from "@/shared/i18n";
import { Mark } from "@/shared/ui/marks";
import { Panel } from "@/shared/ui/panel";
import { Resource } from "@/shared/ui/resource";
import { importKeys, lookQuery, previewOf, run, type ClassId, type Crs, type Look, type Mapping } from "../api";
import { beginningOf, isName, withColumn } from "../model";

/** Column by column: what it is. Then a look at what would become of the rows, then the import. */
export function MappingPanel({ id, onDone }: { id: string; onDone: () => void }) {
  const t = useMessages().imports;
  const [classId, setClassId] = useState<ClassId>("BIZ01");
  const query = useQuery(lookQuery(id, classId));
  const classes = Object.entries(t.classes).map(([value, label]) => ({ value: value as ClassId, label }));
  return (
    <Panel title={t.map} note={<Select size="small" value={classId} options={classes} onChange={setClassId} aria-label={t.item} />} testId="mapping">
      <p className="muted import-note">{t.mapHint}</p>
      <Resource query={query} rows={8}>
        {(look) => <MappingForm key={classId} id={id} look={look} classId={classId} onDone={onDone} />}
      </Resource>
    </Panel>
  );
}

interface MappingFormProps {
  id: string;
  look: Look;
  classId: ClassId;
  onDone: () => void;
}

function MappingForm({ id, look, classId, onDone }: MappingFormProps) {
  const t = useMessages().imports;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [mapping, setMapping] = useState<Mapping>(() => beginningOf(look, classId));
  const [question, setQuestion] = useState<string | null>(null);
  const previewing = useMutation({ mutationFn: () => previewOf(id, mapping), onError: (e) => message.error(e.message, 8) });
  const running = useMutation({
    mutationFn: (wanted: Mapping) => run(id, wanted),
    onSuccess: onDone,
    onError: (error) => {
      if (error instanceof ApiError && error.code === "import_answer_needed") setQuestion(error.message);
      else message.error(error.message, 8);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: importKeys.all }),
  });
  const answer = (crs: Crs) => {
    setQuestion(null);
    running.mutate({ ...mapping, crs, answered: true });
  };
  const facts = t.facts((look.encoding ?? "").replace("-sig", "").toUpperCase(), look.n_merged);
  return (
    <>
      {facts && <p className="muted import-note">{facts}</p>}
      {look.dropped.length > 0 && <Alert type="warning" showIcon title={t.dropped(look.dropped.join("、"))} />}
      <Columns look={look} mapping={mapping} onChange={setMapping} />
      <div className="mapping-more">
        <label>
          <span>{t.name}</span>
          <Input
            value={mapping.name}
            placeholder={t.nameHint}
            status={mapping.name && !isName(mapping.name) ? "error" : ""}
            onChange={(event) => setMapping({ ...mapping, name: event.target.value })}
            data-testid="mapping-name"
          />
        </label>
        {classId === "GEO03" && (
          <label>
            <span>{t.crs}</span>
            <Select
              value={mapping.crs}
              options={Object.entries(t.crsNames).map(([value, label]) => ({ value: value as Crs, label }))}
              onChange={(crs) => setMapping({ ...mapping, crs })}
            />
          </label>
        )}
      </div>
      {previewing.data && (
        <div className="mapping-preview" role="status">
          <strong>{t.previewResult(formatNumber(previewing.data.n_accepted), formatNumber(previewing.data.n_rows))}</strong>
          <PreviewReasons reasons={previewing.data.reasons} />
        </div>
      )}
      <footer className="mapping-foot">
        <Button disabled={!isName(mapping.name)} loading={previewing.isPending} onClick={() => previewing.mutate()} data-testid="preview">
          {t.preview}
        </Button>
        <Button type="primary" disabled={!isName(mapping.name)} loading={running.isPending} onClick={() => running.mutate(mapping)} data-testid="run-import">
          {t.run}
        </Button>
      </footer>
      <Modal open={question !== null} title={t.askCrs} onCancel={() => setQuestion(null)} footer={[
        <Button key="keep" onClick={() => answer(mapping.crs)}>{t.keepCrs}</Button>,
        <Button key="gcj" type="primary" onClick={() => answer("gcj02")}>{t.useGcj}</Button>,
      ]}>
        <p>{question}</p>
      </Modal>
    </>
  );
}

function PreviewReasons({ reasons }: { reasons: { code: string; zh: string; en: string; n: number }[] }) {
  const zh = useLanguage() === "zh-CN";
  return (
    <ul className="plain-list">
      {reasons.map((reason) => (
        <li key={reason.code}>
          <Mark intent="critical" /> <span className="num">{formatNumber(reason.n)}</span> {zh ? reason.zh : reason.en}
        </li>
      ))}
    </ul>
  );
}

interface ColumnsProps {
  look: Look;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

function Columns({ look, mapping, onChange }: ColumnsProps) {
  const t = useMessages().imports;
  const zh = useLanguage() === "zh-CN";
  const options = look.targets.map((target) => ({
    value: target.item,
    label: `${zh ? target.zh : target.en}${target.required ? ` · ${t.required}` : ""}`,
  }));
  return (
    <ul className="plain-list mapping-columns">
      {look.columns.map(({ column, sure, forbidden }) => {
        const item = mapping.columns[column] ?? null;
        return (
          <li key={column}>
            <span className="mapping-column">{column}</span>
            {forbidden ? (
              <span className="muted">{t.forbidden}</span>
            ) : (
              <Select
                allowClear
                showSearch={{ optionFilterProp: "label" }}
                value={item}
                placeholder={t.ignore}
                aria-label={column}
                options={options}
                onChange={(chosen) => onChange(withColumn(mapping, column, chosen ?? null))}
              />
            )}
            {item && !sure && !forbidden && (
              <span className="text-warning">
                <Mark intent="warning" /> {t.unsure}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
