// The classes of road users: their order, their names, and how they are added up to few.
import type { Catalogue } from "./words";

export const ROAD_USERS = ["pedestrian", "bicycle", "motorcycle", "car", "bus", "truck", "heavy_vehicle", "unclassified"] as const;
export type RoadUser = (typeof ROAD_USERS)[number];

/** On foot, by bicycle, with a motor, and what moved without being recognised: few numbers that fit beside a name. */
export const KINDS = { foot: ["pedestrian"], bicycle: ["bicycle"], motor: ["motorcycle", "car", "bus", "truck", "heavy_vehicle"], unclassified: ["unclassified"] } as const satisfies Record<string, readonly RoadUser[]>;
export type Kind = keyof typeof KINDS;

export const ROAD_USER_WORDS = {
  pedestrian: ["{n, plural, one {pedestrian} other {pedestrians}}", "{n, plural, one {pešak} few {pešaka} other {pešaka}}"],
  bicycle: ["{n, plural, one {bicycle} other {bicycles}}", "{n, plural, one {bicikl} few {bicikla} other {bicikala}}"],
  motorcycle: ["{n, plural, one {motorcycle} other {motorcycles}}", "{n, plural, one {motocikl} few {motocikla} other {motocikala}}"],
  car: ["{n, plural, one {car} other {cars}}", "{n, plural, one {automobil} few {automobila} other {automobila}}"],
  bus: ["{n, plural, one {bus} other {buses}}", "{n, plural, one {autobus} few {autobusa} other {autobusa}}"],
  truck: ["{n, plural, one {truck} other {trucks}}", "{n, plural, one {kamion} few {kamiona} other {kamiona}}"],
  heavy_vehicle: ["{n, plural, one {heavy vehicle} other {heavy vehicles}}", "{n, plural, one {teško vozilo} few {teška vozila} other {teških vozila}}"],
  unclassified: ["unclassified", "{n, plural, one {nerazvrstan} few {nerazvrstana} other {nerazvrstanih}}"],
} as const satisfies Catalogue;

/** A sum in which one unknown part makes nothing known, and parts that are not there make nothing either. */
export function sum(values: readonly (number | null | undefined)[]): number | null {
  const known = values.filter((value): value is number => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((one, other) => one + other, 0);
}
