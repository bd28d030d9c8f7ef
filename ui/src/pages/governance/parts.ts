// The parts of governance: where each is, and whom it is for.

export type Part = "register" | "log" | "retention" | "exports" | "people" | "cases";

interface Entry {
  readonly path: string;
  /** One of these permissions is enough. */
  readonly needs: readonly string[];
  readonly roles: readonly string[];
}

export const PARTS: Readonly<Record<Part, Entry>> = {
  register: { path: "/governance/register", needs: ["keep_register", "configure", "read_audit"], roles: ["privacy_officer", "administrator", "auditor"] },
  log: { path: "/governance/log", needs: ["read_audit"], roles: ["auditor"] },
  retention: { path: "/governance/retention", needs: ["keep_register", "read_audit", "configure"], roles: ["privacy_officer", "administrator", "auditor"] },
  exports: { path: "/governance/exports", needs: ["read_audit", "confirm_grants"], roles: ["privacy_officer", "auditor"] },
  people: { path: "/governance/people", needs: ["propose_grants", "confirm_grants", "read_audit"], roles: ["privacy_officer", "administrator", "auditor"] },
  cases: { path: "/governance/cases", needs: ["read_cases"], roles: ["privacy_officer"] },
};
