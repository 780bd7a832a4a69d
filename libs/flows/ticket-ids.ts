const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a reference is the id of a ticket: else it names something that is not known here. */
export function isTicketId(reference: unknown): reference is string {
  return typeof reference === 'string' && UUID.test(reference);
}
