// What came of verifying the entries that are shown.
import { api, read, Refusal, type Schemas } from "../../../lib/api/client";
import { checkpointOf, isSigned, verified, type Checkpoint, type Finding } from "./proofs";

const AT_ONCE = 100;

export class Verification {
  /** `log/index` -> what was found. */
  findings = $state<Record<string, Finding>>({});
  checkpoint = $state.raw<Checkpoint | null>(null);
  note = $state("");
  key = $state("");
  /** Null where the browser cannot say. */
  signed = $state<boolean | null>(null);
  fault = $state("");
  readonly right = $derived(Object.values(this.findings).filter((each) => each === "proved" || each === "erased").length);
  readonly wrong = $derived(Object.values(this.findings).filter((each) => each === "changed" || each === "not_in_log").length);

  begin(): void {
    this.findings = {};
    this.fault = "";
  }

  async verify(rows: readonly Schemas["AuditRow"][]): Promise<void> {
    const logs = new Map<number, Schemas["AuditRow"][]>();
    for (const row of rows) logs.set(row.log, [...(logs.get(row.log) ?? []), row]);
    try {
      for (const [log, some] of logs) {
        for (let at = 0; at < some.length; at += AT_ONCE) await this.#verify(log, some.slice(at, at + AT_ONCE));
      }
    } catch (fault) {
      this.fault = fault instanceof Refusal || fault instanceof Error ? fault.message : String(fault);
    }
  }

  async #verify(log: number, rows: readonly Schemas["AuditRow"][]): Promise<void> {
    const params = { path: { log }, query: { index: rows.map((row) => row.index) } };
    const answer = await read(api.GET("/api/v1/audit/{log}/proofs", { params }));
    const checkpoint = checkpointOf(answer.checkpoint);
    this.signed = await isSigned(checkpoint, answer.key);
    [this.checkpoint, this.note, this.key] = [checkpoint, answer.checkpoint, answer.key];
    const proofs = new Map(answer.proofs.map((proof) => [proof.index, proof]));
    const found: Record<string, Finding> = {};
    for (const row of rows) {
      const proof = proofs.get(row.index);
      found[`${row.log}/${row.index}`] = proof === undefined ? "not_in_log" : await verified(row, proof, checkpoint);
    }
    this.findings = { ...this.findings, ...found };
  }
}
