// The closed list of purposes, in words.
export const PURPOSES = {
  traffic_planning: ["traffic planning", "planiranje saobraćaja"],
  event_safety: ["safety of an event", "bezbednost događaja"],
  road_safety: ["road safety", "bezbednost na putevima"],
  maintenance: ["maintenance", "održavanje"],
  privacy_check: ["privacy check", "provera privatnosti"],
  legal_request: ["request by law", "zahtev po zakonu"],
} as const;
