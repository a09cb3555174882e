/**
 * Calls `changed` when this machine seems to be in another network: it was offline and is back, or is connected by another kind of device.
 * Returns a function that stops it.
 */
export function onNetworkChange(changed) {
  const connection = navigator.connection; // Not in every browser.
  let type = connection?.type;
  // It also tells of each new estimate of the speed.
  const typeChanged = () => {
    if (connection.type === type) return;
    type = connection.type;
    if (type !== 'none') changed();
  };
  addEventListener('online', changed);
  connection?.addEventListener?.('change', typeChanged);
  return () => {
    removeEventListener('online', changed);
    connection?.removeEventListener?.('change', typeChanged);
  };
}
