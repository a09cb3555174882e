/**
 * Calls `changed` when this device may have changed networks: it is online again, or uses another type of connection.
 * Returns a function that unsubscribes.
 */
export function onNetworkChange(changed) {
  const connection = navigator.connection; // Not in every browser.
  let type = connection?.type;
  // The event also reports each new estimate of the speed.
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
