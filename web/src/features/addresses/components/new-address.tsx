import { App, Button, Form, Input, InputNumber, Modal, Select } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { addressKeys, registerAddress, type NewAddress, type Question } from "../api";
import { proposedBy, shortText } from "../model";

type Fields = Omit<NewAddress, "building_id" | "question_id" | "valid_from">;

/** Puts what a text asked for into the base: building, unit and room as far as the text says them. */
export function NewAddressButton({ question }: { question: Question }) {
  const t = useMessages().addresses;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [form] = Form.useForm<Fields>();
  const proposed = proposedBy(question);
  const register = useMutation({
    mutationFn: (fields: Fields) =>
      registerAddress({
        ...fields,
        building_id: proposed!.building.id,
        question_id: question.id,
        valid_from: new Date().toLocaleDateString("sv-SE"),
      }),
    onSuccess: ({ place }) => {
      setOpen(false);
      void message.success(t.newOne.done(place.code));
    },
    onError: (error) => message.error(error.message),
    onSettled: () => cache.invalidateQueries({ queryKey: addressKeys.all }),
  });
  if (!proposed) return <span className="muted">{t.newOne.noBuilding}</span>;
  const { building, ...said } = proposed;
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} data-testid="register-address">
        {t.newOne.open}
      </Button>
      <Modal
        open={isOpen}
        title={t.newOne.title}
        okText={t.newOne.ok}
        onOk={() => form.submit()}
        confirmLoading={register.isPending}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <p>{shortText(building.text)}</p>
        <Form<Fields>
          form={form}
          layout="vertical"
          initialValues={{ ...said, state: "OC", reason: question.match.text.slice(0, 200) }}
          onFinish={(fields) => register.mutate(fields)}
        >
          <Form.Item name="unit_no" label={t.facts.unit} extra={t.newOne.unitHint} rules={[{ required: true }]}>
            <InputNumber min={0} max={99} />
          </Form.Item>
          <Form.Item name="floor_no" label={t.facts.floor} rules={[{ required: true }]}>
            <InputNumber min={-9} max={199} />
          </Form.Item>
          <Form.Item name="room_no" label={t.facts.room} rules={[{ required: true, pattern: /^[0-9]+[A-Za-z]?$/ }]}>
            <Input maxLength={8} />
          </Form.Item>
          <Form.Item name="state" label={t.facts.state}>
            <Select options={["OC", "PR"].map((value) => ({ value, label: t.states[value] }))} />
          </Form.Item>
          <Form.Item name="reason" label={t.newOne.reason} rules={[{ required: true, min: 2 }]}>
            <Input maxLength={200} />
          </Form.Item>
        </Form>
      </Modal>
    </>
  );
}
