import { Alert, App, Button, Form, Input, Modal, Select } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { useLanguage, useMessages } from "@/shared/i18n";
import { editPerson, itemsQuery, peopleKeys, type EditRequest, type Person } from "../api";
import { mayBeEdited, shapeOf } from "../model";

type Fields = Omit<EditRequest, "version">;

/** Corrects one fact for a reason, or says from which day on it is otherwise; refused if somebody was faster. */
export function EditDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useMessages().people.editing;
  const isEnglish = useLanguage() === "en";
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const item = Form.useWatch("item", form);
  const facts = person.sheet.facts.filter((fact) => mayBeEdited(fact.item));
  const refresh = () => cache.invalidateQueries({ queryKey: peopleKeys.all });
  const edit = useMutation({
    mutationFn: (fields: Fields) =>
      editPerson(person.person_id, {
        ...fields,
        value: fields.value || null,
        since: fields.since || null,
        reason: fields.reason.trim(),
        version: person.sheet.version,
      }),
    onSuccess: async () => {
      await refresh();
      void message.success(t.saved);
      onClose();
    },
  });
  const isConflict = edit.error instanceof ApiError && edit.error.code === "changed_meanwhile";
  const pick = (next: string) => {
    const fact = facts.find((one) => one.item === next);
    form.setFieldValue("value", fact && !fact.is_hidden ? (fact.value ?? "") : "");
  };
  return (
    <Modal open title={t.title} okText={t.save} confirmLoading={edit.isPending} onOk={() => form.submit()} onCancel={onClose} destroyOnHidden>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={edit.mutate}>
        <Form.Item name="item" label={t.item} rules={[{ required: true, message: t.item }]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            onChange={pick}
            options={facts.map((fact) => ({ value: fact.item, label: isEnglish ? fact.en : fact.zh }))}
            data-testid="edit-item"
          />
        </Form.Item>
        <ValueField item={item} />
        <Form.Item name="since" label={t.since} extra={t.sinceHint}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="reason" label={t.reason} rules={[{ required: true, whitespace: true, min: 2, message: t.reasonNeeded }]}>
          <Input maxLength={200} data-testid="edit-reason" />
        </Form.Item>
      </Form>
      {isConflict && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t.conflict}
          action={
            <Button size="small" onClick={() => void refresh().then(() => edit.reset())} data-testid="edit-reload">
              {t.reload}
            </Button>
          }
        />
      )}
      {edit.error && !isConflict && <Alert type="error" showIcon title={edit.error.message} role="alert" />}
    </Modal>
  );
}

/** A field as the catalogue types the item: one of a list, a day, yes or no, or text. */
function ValueField({ item }: { item: string | undefined }) {
  const { people } = useMessages();
  const isEnglish = useLanguage() === "en";
  const { data } = useQuery(itemsQuery);
  const shape = shapeOf(data, item);
  const choices =
    shape.kind === "bool"
      ? [
          { value: "true", label: people.yes },
          { value: "false", label: people.no },
        ]
      : shape.codes.map((one) => ({ value: one.code, label: isEnglish ? one.en : one.zh }));
  return (
    <Form.Item name="value" label={people.editing.value} extra={people.editing.valueHint}>
      {choices.length > 0 ? (
        <Select allowClear showSearch={{ optionFilterProp: "label" }} options={choices} data-testid="edit-value" />
      ) : (
        <Input type={shape.kind === "date" ? "date" : "text"} autoComplete="off" maxLength={200} data-testid="edit-value" />
      )}
    </Form.Item>
  );
}
