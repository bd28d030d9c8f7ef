// Whether a component is still shown when an answer comes that it waits for.

/**
 * To be called while a component is made; returns whether it is shown still.
 *
 * What has been left asks for nothing more, and writes nothing into the address of the next page: after an `await`, in a
 * component that can be left meanwhile, nothing else is done before this is asked. `Loading` does so by itself.
 */
export function stillShown(): () => boolean {
  let shown = true;
  // Not `onDestroy`: a component that is left before it was drawn is left, too.
  $effect.pre(() => () => {
    shown = false;
  });
  return () => shown;
}
