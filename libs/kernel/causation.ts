/** Name of the read model that finds events by what they were caused by, and of its collection. */
export const CAUSATION = 'causation';
