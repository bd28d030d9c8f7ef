// Which events belong together, which ask for attention, and in which order they stand.
import type { Schemas } from "../../lib/api/client";

export type Listed = Schemas["ListedEvent"];
export const SEVERITIES = ["critical", "warning", "notice"] as const;

/** Goes on, and neither snoozed nor acknowledged. */
export function asksForAttention({ state, standing }: Pick<Listed, "state" | "standing">, nowMs: number): boolean {
  const snoozed = standing.snoozed_until !== null && standing.snoozed_until !== undefined && Date.parse(standing.snoozed_until) > nowMs;
  return state !== "closed" && !snoozed && !standing.acknowledged_by;
}

/** No one has looked at it yet: neither judged nor marked as reviewed. */
export function isUnreviewed({ standing }: Pick<Listed, "standing">): boolean {
  return !standing.verdict && standing.reviewed_by.length === 0;
}

/** Events by their cause, each group with the one first that stands for all: of those that matter most, the first one. */
export function byCause(events: Iterable<Listed>): Listed[][] {
  const groups = new Map<string, Listed[]>();
  for (const event of events) {
    const cause = event.group || event.id;
    groups.set(cause, [...(groups.get(cause) ?? []), event]);
  }
  const rank = ({ severity }: Listed) => SEVERITIES.indexOf(severity);
  return [...groups.values()].map((group) => group.sort((one, other) => rank(one) - rank(other) || Date.parse(one.start) - Date.parse(other.start)));
}

/** In a lane: those that ask for attention first, then the newest. */
export function byUrgency(groups: readonly Listed[][], nowMs: number): Listed[][] {
  const asks = (group: Listed[]) => Number(group.some((event) => asksForAttention(event, nowMs)));
  return [...groups].sort((one, other) => asks(other) - asks(one) || startOf(other) - startOf(one));
}

/** By time: the newest first. */
export function byTime(groups: readonly Listed[][]): Listed[][] {
  return [...groups].sort((one, other) => startOf(other) - startOf(one));
}

/** What stands for a group in words: the one that goes on, though the first of a cause may be over. */
export function shownState(group: readonly Listed[]): Listed["state"] {
  return (group.find(({ state }) => state !== "closed") ?? group[0])?.state ?? "closed";
}

function startOf(group: readonly Listed[]): number {
  return Date.parse(group[0]?.start ?? "");
}
