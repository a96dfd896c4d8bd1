import {describe, expect, test} from 'vitest';
import {translate, translateEndpoint} from './translate.js';

const format = '%Y-%m-%dT%H:%M:%SZ';

describe('incremental_sync', () => {
  test('of an endpoint, sent in the query', () => {
    const {endpoint, problems} = translateEndpoint({
      path: 'x',
      incremental_sync: {
        type: 'datetime',
        cursor_field: 'modified',
        start_datetime: '2024-01-01T00:00:00Z',
        datetime_format: format,
        start_time_option: {inject_into: 'query', field_name: 'since'},
        end_time_option: {inject_into: 'request_parameter', field_name: 'until'},
        end_datetime: "{{ now_utc().strftime('%Y-%m-%dT%H:%M:%SZ') }}",
      },
    });
    expect(endpoint).toEqual({
      path: 'x',
      incremental: {
        cursor_path: 'modified',
        initial_value: '2024-01-01T00:00:00Z',
        end_value: 'now',
        cursor_format: format,
        convert: format,
        start_param: 'since',
        end_param: 'until',
      },
    });
    expect(problems).toHaveLength(1);
  });

  test('of a resource, sent in body and header', () => {
    const {document} = translate({
      client: {variables: {start_date: '2024-01-01'}},
      resources: [
        {
          name: 'a',
          incremental_sync: {
            cursor_field: 't',
            start_datetime: {type: 'MinMaxDatetime', datetime: "{{ config['start_date'] }}"},
            datetime_format: '%s',
            step: 'P1D',
            lookback_window: 'P2D',
            cursor_granularity: 'PT1S',
            start_time_option: {inject_into: 'body_json', field_path: ['filter', 'from']},
            end_time_option: {inject_into: 'header', field_name: 'X-Until'},
          },
          endpoint: {path: 'a', json: {filter: {kind: 1}}},
        },
      ],
    });
    expect(document).toMatchObject({
      resources: [
        {
          name: 'a',
          endpoint: {
            path: 'a',
            json: {filter: {kind: 1, from: '{incremental.start_value}'}},
            headers: {'X-Until': '{incremental.end_value}'},
            incremental: {
              cursor_path: 't',
              initial_value: '2024-01-01',
              step: 'P1D',
              lag: 'P2D',
              cursor_format: 'epoch_seconds',
              convert: 'epoch_seconds',
            },
          },
        },
      ],
    });
  });

  test('several cursor formats', () => {
    const {endpoint} = translateEndpoint({
      incremental_sync: {cursor_field: 't', datetime_format: '%s', cursor_datetime_formats: ['%Y-%m-%d', '%ms', '%ms']},
    });
    expect(endpoint).toEqual({incremental: {cursor_path: 't', cursor_format: ['%Y-%m-%d', 'epoch_ms']}});
  });

  test.each([
    [{}, /incremental_sync has no cursor_field/],
    [null, /incremental_sync has no cursor_field/],
    [{type: 'CustomIncrementalSync', cursor_field: 't'}, /type is code/],
    [{cursor_field: 't', is_data_feed: true}, /is_data_feed cannot be translated/],
    [
      {cursor_field: 't', start_datetime: "{{ config['unknown'] }}"},
      /start_datetime cannot be translated: write initial_value/,
    ],
    [{cursor_field: 't', end_datetime: '<call:get>'}, /end_datetime cannot be translated: write end_value/],
    [{cursor_field: 't', datetime_format: 'YYYY'}, /datetime_format is no strftime pattern/],
    [{cursor_field: 't', start_time_option: {inject_into: 'path'}}, /start_time_option cannot be translated/],
  ])('%j is refused once', (incremental_sync, message) => {
    const {problems} = translateEndpoint({path: 'x', incremental_sync});
    expect(problems.filter((problem) => problem.startsWith('error'))).toEqual([expect.stringMatching(message)]);
  });
});

describe('words within incremental', () => {
  test.each<[object, object]>([
    [{transform: 'epoch_seconds'}, {convert: 'epoch_seconds'}],
    [{transform: {to: '%Y', tz: 'UTC'}}, {convert: {to: '%Y', tz: 'UTC'}}],
    [{cursor_type: 'integer'}, {}],
    [{cursor_type: 'timestamp'}, {}],
    [{cursor_type: 'epoch_ms'}, {cursor_format: 'epoch_ms'}],
  ])('%j', (words, translated) => {
    const {endpoint, problems} = translateEndpoint({
      incremental: {cursor_path: 't', ...words},
      params: {since: {type: 'incremental', cursor_path: 't', ...words}, n: 1},
    });
    expect(endpoint).toEqual({
      incremental: {cursor_path: 't', ...translated},
      params: {since: {type: 'incremental', cursor_path: 't', ...translated}, n: 1},
    });
    expect(problems).toHaveLength(2);
  });

  test('code stays, to be refused as code', () => {
    const written = {incremental: {cursor_path: 't', transform: '<callable:to_epoch>'}};
    expect(translateEndpoint(written)).toEqual({endpoint: written, problems: []});
  });

  test('an unknown type is refused', () => {
    const {endpoint, problems} = translateEndpoint({incremental: {cursor_path: 't', cursor_type: 'moon'}});
    expect(endpoint).toEqual({incremental: {cursor_path: 't'}});
    expect(problems).toEqual([expect.stringMatching(/^error .*cursor_type is unknown/)]);
  });
});
