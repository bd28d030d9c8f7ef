// What a camera may measure for: the closed list.
import type { Catalogue } from "../words";

export const MEASURING_WORDS = {
  mobility_planning: ["mobility planning", "planiranje saobraćaja i pešačkih i biciklističkih puteva"],
  public_space_planning: ["planning of public space", "planiranje trgova, parkova i ulica"],
  traffic_statistics: ["traffic statistics", "statistika saobraćaja"],
  road_safety_study: ["studies of road safety", "proučavanje bezbednosti saobraćaja"],
  crowd_safety: ["safety of crowds", "bezbednost na mestima okupljanja"],
  traffic_hazards: ["hazards in traffic", "opasnosti u saobraćaju"],
} as const satisfies Catalogue;

export const MEASURING = Object.keys(MEASURING_WORDS) as readonly (keyof typeof MEASURING_WORDS)[];
