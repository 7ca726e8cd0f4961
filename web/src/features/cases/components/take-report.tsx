import { Alert, App, Button, Drawer, Form, Input, Select, Segmented } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMessages } from "@/shared/i18n";
import { categoriesQuery, codeListQuery, useCategoryName, useCodeName, useCommunities } from "@/shared/reference/api";
import { caseKeys, takeReport } from "../api";
import { foldIntoCache } from "../live";
import { LEVELS, type Case } from "../model";

interface Fields {
  channel: string;
  category: string;
  level: string;
  title: string;
  summary?: string;
  area?: string;
  address?: string;
}

interface TakeReportProps {
  tenant: string;
  open: boolean;
  onClose: () => void;
  onTaken: (one: Case) => void;
}

/** A clerk writes down what a caller reports (电话登记). */
export function TakeReport({ tenant, open, onClose, onTaken }: TakeReportProps) {
  const t = useMessages();
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const report = useMutation({
    mutationFn: (fields: Fields) =>
      takeReport({
        tenant,
        channel: fields.channel,
        category_code: fields.category,
        level: fields.level,
        title: fields.title.trim(),
        summary: fields.summary?.trim() ?? "",
        area_code: fields.area,
        address_text: fields.address?.trim() ?? "",
      }),
    onSuccess: (one) => {
      foldIntoCache(cache, one);
      void cache.invalidateQueries({ queryKey: caseKeys.lists(tenant) });
      void message.success(t.cases.taken(one.case_no));
      form.resetFields();
      onTaken(one);
    },
  });
  return (
    <Drawer
      title={t.cases.takeTitle}
      open={open}
      onClose={onClose}
      afterOpenChange={(isOpen) => isOpen && form.focusField("title")}
      size={440}
      data-testid="take-report"
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ channel: "05", level: "1" }}
        onFinish={(fields) => report.mutate(fields)}
      >
        <ReportFields tenant={tenant} />
        {report.error && <Alert type="error" showIcon title={report.error.message} role="alert" />}
        <Button
          type="primary"
          htmlType="submit"
          block
          size="large"
          loading={report.isPending}
          data-testid="take-submit"
        >
          {t.takeForm.submit}
        </Button>
      </Form>
    </Drawer>
  );
}

function ReportFields({ tenant }: { tenant: string }) {
  const t = useMessages();
  const form = t.takeForm;
  const categoryName = useCategoryName();
  const { data: categories = [] } = useQuery(categoriesQuery);
  const channelName = useCodeName("CL_CHANNEL");
  const { data: channels = [] } = useQuery(codeListQuery("CL_CHANNEL"));
  const communities = useCommunities(tenant);
  const search = { optionFilterProp: "label" };
  return (
    <>
      <Form.Item name="title" label={form.title} rules={[{ required: true, whitespace: true, message: form.needTitle }]}>
        <Input maxLength={100} data-testid="take-title" />
      </Form.Item>
      <Form.Item name="category" label={form.category} rules={[{ required: true, message: form.needCategory }]}>
        <Select
          showSearch={search}
          options={categories.map(({ code }) => ({ value: code, label: categoryName(code) }))}
          data-testid="take-category"
        />
      </Form.Item>
      <Form.Item name="level" label={form.level}>
        <Segmented block options={[...LEVELS].reverse().map((level) => ({ value: level, label: t.level[level] }))} />
      </Form.Item>
      <Form.Item name="summary" label={form.summary}>
        <Input.TextArea rows={3} maxLength={1000} />
      </Form.Item>
      <Form.Item name="area" label={form.area}>
        <Select
          allowClear
          showSearch={search}
          options={communities.map((area) => ({ value: area.code, label: area.name }))}
        />
      </Form.Item>
      <Form.Item name="address" label={form.address}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="channel" label={form.channel}>
        <Select options={channels.map((one) => ({ value: one.code, label: channelName(one.code) }))} />
      </Form.Item>
    </>
  );
}
