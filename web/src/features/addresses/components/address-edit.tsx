import { App, Button, Form, Input, Modal, Select } from "antd";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMessages } from "@/shared/i18n";
import { addAddressName, addressKeys, changeAddressState, type AddressInFull, type NameFields, type StateFields } from "../api";

const STATES = ["OC", "AB", "IN", "UN", "PR"];
type Open = "state" | "name" | null;

/** What a data steward changes of an address: its state from a day on, and other names. */
export function AddressEdit({ one }: { one: AddressInFull }) {
  const t = useMessages().addresses;
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const done = {
    onSuccess: () => {
      setOpen(null);
      void message.success(t.edit.done);
    },
    onError: (error: Error) => message.error(error.message),
    onSettled: () => cache.invalidateQueries({ queryKey: addressKeys.all }),
  };
  const state = useMutation({ mutationFn: (fields: StateFields) => changeAddressState(one.place.id, fields), ...done });
  const name = useMutation({ mutationFn: (fields: NameFields) => addAddressName(one.place.id, fields), ...done });
  const close = () => setOpen(null);
  return (
    <p className="question-actions">
      <Button size="small" onClick={() => setOpen("state")} data-testid="change-state">
        {t.edit.state}
      </Button>
      <Button size="small" onClick={() => setOpen("name")} data-testid="add-name">
        {t.edit.name}
      </Button>
      <StateDialog isOpen={open === "state"} current={one.place.state} isBusy={state.isPending} onClose={close} onDone={state.mutate} />
      <NameDialog isOpen={open === "name"} isBusy={name.isPending} onClose={close} onDone={name.mutate} />
    </p>
  );
}

interface DialogProps<F> {
  isOpen: boolean;
  isBusy: boolean;
  onClose: () => void;
  onDone: (fields: F) => void;
}

function StateDialog({ isOpen, isBusy, current, onClose, onDone }: DialogProps<StateFields> & { current: string }) {
  const t = useMessages().addresses;
  const [form] = Form.useForm<StateFields>();
  const today = new Date().toLocaleDateString("sv-SE");
  return (
    <Modal open={isOpen} title={t.edit.state} okText={t.edit.ok} onOk={() => form.submit()} confirmLoading={isBusy} onCancel={onClose} destroyOnHidden>
      <Form<StateFields> form={form} layout="vertical" initialValues={{ state: current, valid_from: today }} onFinish={onDone}>
        <Form.Item name="state" label={t.facts.state}>
          <Select options={STATES.map((value) => ({ value, label: t.states[value] }))} />
        </Form.Item>
        <Form.Item name="valid_from" label={t.edit.from} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="reason" label={t.newOne.reason} rules={[{ required: true, min: 2 }]}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function NameDialog({ isOpen, isBusy, onClose, onDone }: DialogProps<NameFields>) {
  const t = useMessages().addresses;
  const [form] = Form.useForm<NameFields>();
  return (
    <Modal open={isOpen} title={t.edit.name} okText={t.edit.ok} onOk={() => form.submit()} confirmLoading={isBusy} onCancel={onClose} destroyOnHidden>
      <Form<NameFields> form={form} layout="vertical" initialValues={{ origin: "alias" }} onFinish={onDone}>
        <Form.Item name="text" label={t.edit.text} rules={[{ required: true, min: 2 }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="origin" label={t.edit.origin}>
          <Select options={["alias", "former"].map((value) => ({ value, label: t.origins[value] }))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
