// Which settings of which cameras a choice changes, and in what.
import type { Schemas } from "../../lib/api/client";

export type Row = Schemas["SettingsRow"];
export type Setting = "analysed_fps" | "mode" | "groups" | "purposes";
export const SETTINGS: readonly Setting[] = ["analysed_fps", "mode", "groups", "purposes"];
/** What is to be the same: those that are left out stay as they are, null is the default. */
export type Wanted = Partial<Pick<Row, Setting>>;

export interface Difference {
  camera: string;
  setting: Setting;
  before: Row[Setting];
  after: Row[Setting];
}

/** Returns what would change, camera by camera. */
export function differences(rows: readonly Row[], chosen: ReadonlySet<string>, wanted: Wanted): Difference[] {
  return rows
    .filter(({ camera }) => chosen.has(camera))
    .flatMap((row) =>
      SETTINGS.filter((setting) => setting in wanted && JSON.stringify(row[setting] ?? null) !== JSON.stringify(wanted[setting] ?? null)).map((setting) => ({
        camera: row.camera,
        setting,
        before: row[setting] ?? null,
        after: wanted[setting] ?? null,
      })),
    );
}

/** Returns what is asked of the API: of each camera that differs, its new values and the tag that they were made from. */
export function changesOf(rows: readonly Row[], found: readonly Difference[], side: "before" | "after" = "after"): Schemas["SettingsChange"][] {
  return rows
    .filter(({ camera }) => found.some((each) => each.camera === camera))
    .map(({ camera, tag }) => ({ camera, tag, ...Object.fromEntries(found.filter((each) => each.camera === camera).map((each) => [each.setting, each[side]])) }) as Schemas["SettingsChange"]);
}
