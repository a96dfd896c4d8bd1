/** A catalog as PyAirbyte and Meltano write it: names, modes and not much more. */
export const catalogOf = (
  names: readonly string[],
  mode: 'full_refresh' | 'incremental' = 'full_refresh',
  more: object = {},
): object => ({
  streams: names.map((name) => ({
    stream: {name, json_schema: {type: 'object', properties: {}}, supported_sync_modes: ['full_refresh']},
    sync_mode: mode,
    destination_sync_mode: 'append',
    ...more,
  })),
});
