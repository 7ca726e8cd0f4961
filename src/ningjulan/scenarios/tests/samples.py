"""Whole scenario files for tests, one per form."""

import textwrap

CONFIRM = textwrap.dedent("""\
    scenario: fire.smoke
    number: S10
    title: {zh: 烟感报警, en: Smoke alarm}
    status: live
    basis: 消防联动处置规程第3条
    owner: 应急管理站
    purpose: P02
    params:
      confirm_within: {type: duration, default: 3m, min: 30s, label: {zh: 确认时限, en: Confirm within}}
    signals:
      smoke:   {from: SMOKE, where: "value == 'alarm' and not test_mode"}
      restore: {from: SMOKE, where: "value == 'normal'"}
      heat:    {from: TEMP, where: "value >= 60"}
      reject:  {from: DESK, where: "verdict == 'false_alarm'"}
    key: building_id
    when:
      confirm:
        first: smoke
        within: $confirm_within
        by:
          - {signal: smoke, distinct: device_id}
          - {signal: heat}
        cancel:
          - {signal: restore, same: device_id}
          - {signal: reject}
        silence: confirmed
    alert:
      level: {default: major, confirmed: critical}
      message: "{address_text} 烟感报警（{n} 次，{confirm_within}）"
      clear: {signal: restore, hold: 10m, same: device_id}
      no_data: keep
      again_after: 5m
    then:
      - open_case: {category: C06, to: 微型消防站, due: {accept: 1m, arrive: 10m, resolve: 2h}, merge: open}
    tests:
      - name: 第二个探测器确认
        events:
          - {t: 0s,  SMOKE: {device_id: A, building_id: B1, value: alarm, test_mode: false}}
          - {t: 60s, SMOKE: {device_id: B, building_id: B1, value: alarm, test_mode: false}}
        expect: [{at: 60s, key: B1, level: critical}]
      - name: 同一探测器重复不算确认，超时按确认处理
        events:
          - {t: 0s,  SMOKE: {device_id: A, building_id: B1, value: alarm, test_mode: false}}
          - {t: 60s, SMOKE: {device_id: A, building_id: B1, value: alarm, test_mode: false}}
        expect: [{at: 180s, key: B1, level: critical}]
      - name: 恢复后取消
        events:
          - {t: 0s,  SMOKE: {device_id: A, building_id: B1, value: alarm, test_mode: false}}
          - {t: 90s, SMOKE: {device_id: A, building_id: B1, value: normal, test_mode: false}}
        expect: []
    """)

COUNT = textwrap.dedent("""\
    scenario: city.vendor
    title: {zh: 占道经营, en: Street vendor}
    status: live
    basis: 门前三包管理办法
    owner: 综合执法队
    purpose: P04
    params:
      times:   {type: int, default: 3, min: 2, max: 20, label: {zh: 次数, en: Times}}
      window:  {type: duration, default: 7d, label: {zh: 时间窗, en: Window}}
      spacing: {type: duration, default: 30m, label: {zh: 合并间隔, en: Spacing}}
    signals:
      vendor: {from: [CAMERA, REPORT], where: "kind == '占道经营' and coalesce(confidence, 1) >= 0.8"}
    key: cell
    when:
      count: {signal: vendor, at_least: $times, within: $window, spacing: $spacing}
    unless:
      - {fact: licensed_stall, match: {cell: cell}}
    alert:
      level: {default: minor, "n >= 5": major}
      message: "{window}内发生占道经营 {n} 次"
      again_after: $window
    then:
      - open_case: {category: C02, to: 综合执法中队, due: {accept: 10m, arrive: 10m, resolve: 2h}}
    tests:
      - name: 七天内三次
        events:
          - {t: 0d, CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
          - {t: 2d, CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
          - {t: 6d, REPORT: {cell: C7, kind: 占道经营}}
        expect: [{at: 6d, key: C7, level: minor}]
      - name: 十分钟内的三次只算一次
        events:
          - {t: 0m,  CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
          - {t: 5m,  CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
          - {t: 10m, CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
        expect: []
      - name: 疏导点内不预警
        facts: [{fact: licensed_stall, cell: C7, from: 0d, to: 9d}]
        events:
          - {t: 0d, CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
          - {t: 2d, CAMERA: {cell: C7, kind: 占道经营, confidence: 0.9}}
          - {t: 6d, REPORT: {cell: C7, kind: 占道经营}}
        expect: []
    """)

EVENT = textwrap.dedent("""\
    scenario: health.door
    title: {zh: 居家隔离擅自开门, en: Door opened in quarantine}
    status: live
    basis: 居家隔离医学观察告知书
    owner: 社区卫生服务中心
    purpose: P06
    params:
      settle: {type: duration, default: 90s, label: {zh: 等待迟到的报备, en: Wait for late permits}}
      grace:  {type: duration, default: 10m, label: {zh: 宽限, en: Grace}}
    signals:
      opened: {from: DOOR, where: "state == 'open'"}
    key: house_id
    only:
      - {fact: quarantine, match: {house_id: house_id}}
    unless:
      - {fact: exit_permit, match: {house_id: house_id}, where: "status == 'approved'", grace: $grace}
    when:
      event: {signal: opened, settle: $settle}
    alert:
      level: {default: critical}
      message: "{address_text} 隔离人员门磁打开"
      again_after: 30m
      clear: {quiet: 2h}
    then:
      - open_case: {category: C12, to: 社区, due: {accept: 5m, arrive: 30m, resolve: 1d}, merge: open}
    tests:
      - name: 无报备开门
        facts: [{fact: quarantine, house_id: H1, from: 0s, to: 14d}]
        events: [{t: 1h, DOOR: {house_id: H1, state: open}}]
        expect: [{at: 1h1m30s, key: H1, level: critical}, {at: 3h1m30s, key: H1, level: cleared}]
      - name: 报备晚到一分钟
        facts:
          - {fact: quarantine, house_id: H1, from: 0s, to: 14d}
          - {fact: exit_permit, house_id: H1, from: 1h, to: 2h, status: approved, known_at: 1h1m}
        events: [{t: 1h, DOOR: {house_id: H1, state: open}}]
        expect: []
      - name: 报备未批准不算
        facts:
          - {fact: quarantine, house_id: H1, from: 0s, to: 14d}
          - {fact: exit_permit, house_id: H1, from: 1h, to: 2h, status: pending, known_at: 50m}
        events: [{t: 1h, DOOR: {house_id: H1, state: open}}]
        expect: [{at: 1h1m30s, key: H1, level: critical}, {at: 3h1m30s, key: H1, level: cleared}]
      - name: 非隔离户
        events: [{t: 1h, DOOR: {house_id: H9, state: open}}]
        expect: []
    """)
