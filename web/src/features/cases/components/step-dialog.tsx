import { Alert, Form, Input, Modal, Radio, Select, type ButtonProps } from "antd";
import { useQuery } from "@tanstack/react-query";
import { labelOf, useMessages, type Messages } from "@/shared/i18n";
import { unitsQuery } from "@/shared/reference/api";
import type { CloseResult } from "../api";
import type { CaseCommand, StepInput } from "../commands";
import type { CaseDetail } from "../model";

const CONFIRM: ButtonProps & Record<`data-${string}`, string> = { "data-testid": "step-confirm" };

const RESULTS: readonly CloseResult[] = ["solved", "false_alarm", "no_action"];

interface StepDialogProps {
  one: CaseDetail;
  command: CaseCommand;
  pending: boolean;
  error: Error | null;
  onSubmit: (input: StepInput) => void;
  onCancel: () => void;
}

/** Asks for what a step needs (unit, result, reason) before it is taken. */
export function StepDialog({ one, command, pending, error, onSubmit, onCancel }: StepDialogProps) {
  const t = useMessages();
  const [form] = Form.useForm<StepInput>();
  const label = labelOf(t.steps, command.name);
  const needsReason = command.asks.includes("opinion");
  return (
    <Modal
      open
      title={`${label} · ${one.case_no}`}
      okText={t.stepDialog.confirm(label)}
      cancelText={t.state.cancel}
      okButtonProps={{ danger: command.tone === "danger", autoFocus: !needsReason, ...CONFIRM }}
      confirmLoading={pending}
      onOk={() => form.submit()}
      onCancel={onCancel}
      destroyOnHidden
    >
      <Form<StepInput>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={onSubmit}
        initialValues={{ unitCode: one.suggested_unit_code ?? undefined, result: "solved" }}
      >
        {command.asks.includes("unit") && <UnitField one={one} t={t} />}
        {command.asks.includes("result") && (
          <Form.Item name="result" label={t.stepDialog.result}>
            <Radio.Group options={RESULTS.map((value) => ({ value, label: t.stepDialog[value] }))} />
          </Form.Item>
        )}
        <OpinionField isRequired={needsReason} t={t} />
      </Form>
      {error && <Alert type="error" showIcon title={error.message} role="alert" />}
    </Modal>
  );
}

function UnitField({ one, t }: { one: CaseDetail; t: Messages }) {
  const { data: units = [], isPending } = useQuery(unitsQuery(one.tenant_code));
  const options = units.map((unit) => ({
    value: unit.code,
    label: unit.code === one.suggested_unit_code ? `${unit.name}（${t.stepDialog.suggested}）` : unit.name,
  }));
  return (
    <Form.Item
      name="unitCode"
      label={t.stepDialog.unit}
      rules={[{ required: true, message: t.stepDialog.needUnit }]}
    >
      <Select
        options={options}
        loading={isPending}
        showSearch={{ optionFilterProp: "label" }}
        data-testid="step-unit"
      />
    </Form.Item>
  );
}

function OpinionField({ isRequired, t }: { isRequired: boolean; t: Messages }) {
  return (
    <Form.Item
      name="opinion"
      label={isRequired ? t.stepDialog.opinion : t.stepDialog.opinionOptional}
      rules={isRequired ? [{ required: true, whitespace: true, message: t.stepDialog.needOpinion }] : []}
    >
      <Input.TextArea autoFocus={isRequired} rows={3} maxLength={500} showCount data-testid="step-opinion" />
    </Form.Item>
  );
}
