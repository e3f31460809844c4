/**
 * Does something for each item, some at a time. After a failure no further one
 * is begun, those under way are told by their signal, and the first error is
 * thrown when they have ended.
 */
export async function inParallel<T>(
  items: readonly T[],
  count: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    for (const item of queue) {
      if (either.aborted) return;
      try {
        await work(item, either);
      } catch (error) {
        failure ??= { error };
        failed.abort(new DOMException("another failed", "AbortError"));
      }
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  signal.throwIfAborted();
  if (failure) throw failure.error;
}
