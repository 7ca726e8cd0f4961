/** 底数（人、房、地、单位）页面的框架文字；各栏的文字在各自的文件里。英文在 registry.en.ts。 */
export const zhRegistry = {
  registry: {
    title: "底数",
    tabs: {
      addresses: { tab: "地址", lead: "一个街道一套标准地址：查找、落图、批量匹配" },
      people: { tab: "人房", lead: "以房管人：这一户有谁，从哪天起，谁登记的" },
      duplicates: { tab: "查重", lead: "可能是同一个人的两份登记，由人来定" },
      imports: { tab: "导入", lead: "文件进来，每一行都有去处" },
      completeness: { tab: "完整性", lead: "一标三实：每个村社还差什么" },
      tasks: { tab: "采集", lead: "网格员上门要核实的" },
    },
  },
};
