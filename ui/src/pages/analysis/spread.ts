// The bars of a distribution: as high as their values are dense, for the bins are not alike in width.

export interface Bar {
  readonly from: number;
  readonly to: number;
  /** Density as a share of the highest one. */
  readonly share: number;
}

/** @param edges where the bins begin, and at last where the last one ends. */
export function barsOf(edges: readonly number[], counts: readonly number[]): Bar[] {
  const dense = counts.map((count, at) => {
    const [from, to] = [edges[at] ?? 0, edges[at + 1] ?? 0];
    return { from, to, density: to > from ? count / (to - from) : 0 };
  });
  const highest = Math.max(0, ...dense.map((bar) => bar.density));
  return highest === 0 ? [] : dense.map(({ from, to, density }) => ({ from, to, share: density / highest }));
}
